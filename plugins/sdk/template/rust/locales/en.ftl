name = New program
summary = One sentence that says who is given what.

field-resident = I live in the municipality
    .hint = Your permanent home on the day you apply.
    .purpose = Needed to decide whether you can take part.
field-income = Yearly income of the whole household, in euro
    .hint = As in the latest tax assessment. Write 0 where there is none.
    .purpose = Needed for the income limit and for the order of the list.
evidence-residence-proof = Proof of residence
evidence-tax-return = Tax assessment

criterion-residence = Residence in the municipality
    .met = Residence in the municipality is confirmed.
    .not-met = The home is not in the municipality, or the proof was not accepted.
    .unknown = The proof of residence is missing, or has not been checked yet.
criterion-income-limit = Income limit
    .met = The yearly income ({ $seen }) does not exceed the limit ({ $wanted }).
    .not-met = The yearly income ({ $seen }) exceeds the limit ({ $wanted }), or the proof was not accepted.
    .unknown = The yearly income ({ $seen }) is not confirmed yet; the limit is { $wanted }.
basis-call-terms = Terms of the municipality’s call
basis-public-task = GDPR, Article 6(1)(e) (task in the public interest)
rank-income = Yearly income, lowest first

parameter-income-limit = Limit on yearly income
parameter-price = Price of a parcel

supply-parcel = Parcel
category-goods = Goods
failure-not-fetched = Not fetched
reason-parameters-not-readable = The terms of the call cannot be read
reason-no-budget = The budget is used up
reason-no-capacity = There is no free place
reason-no-stock = There are no parcels left
indicator-households = Households that received at least one parcel
