name = Food parcels at home
summary = Food brought home to residents of the municipality with a certified disability, whatever its kind.

# Questions
field-disability-percent = Degree of disability, per cent
    .hint = As your certificate says it: KEPA, or an older committee whose decision is still in force. For example 67.
    .purpose = Needed to decide whether you can take part, and for the order of the list.
field-annual-income = Yearly income of the whole household, in euro
    .hint = The sum for everybody who lives with you, as in the latest tax return. Write 0 where there is none.
    .purpose = Needed for the order of the list.
field-resident = I live in the municipality
    .hint = Your permanent home is in the municipality on the day you apply. People without a home bring a report of a social service.
    .purpose = Needed to decide whether you can take part.
field-at-home = When you are at home
    .hint = Choose all that apply. Where you choose nothing, the parcel comes whenever the route passes.
    .purpose = Needed to find you.
option-at-home-morning = Morning, 9 to 12
option-at-home-noon = Noon, 12 to 15
option-at-home-afternoon = Afternoon, 15 to 18
field-collected-by = Who may receive it in your place
    .hint = Name. The person will show an identity card.
    .purpose = Needed so that the parcel goes to somebody whom you trust.
field-lot = Lot
field-use-by = Use by
field-proof = What proves that it was received
option-proof-signed = A signature
option-proof-reference-shown = The reference of the application was shown
option-proof-second-courier = A second courier confirms it
field-taken-by = Who took it instead of the recipient
    .hint = Only somebody whom the application names. Leave it empty where the recipient took it.
field-birth-date = Date of birth
    .hint = Of each member of the household except yourself.
    .purpose = Shows who is a minor, so that the income is shared out fairly.

evidence-disability-certificate = Disability certificate
    .hint = A KEPA certificate, or the decision of a health committee that is in force. Say until when it holds, or that it holds without end.
evidence-tax-return = Tax assessment
    .hint = The latest assessment, or a statement that no return is due.
evidence-family-status = Certificate of family status
    .hint = It shows when each member of the household was born. Where there is none, another document with the date of birth will do.
evidence-residence-proof = Proof of residence
    .hint = An electricity, water or telephone bill, a lease, or a report of a social service.

# Criteria
criterion-disability = Degree of disability
    .met = The degree of disability ({ $seen }) reaches the minimum ({ $wanted }).
    .not-met = The degree of disability ({ $seen }) does not reach the minimum ({ $wanted }), or the certificate was not accepted.
    .unknown = The degree of disability ({ $seen }) is not confirmed yet; at least { $wanted } is needed.
criterion-certificate = Certificate in force
    .met = The certificate (valid until: { $seen }) is in force on { $wanted }.
    .not-met = The certificate is not in force on { $wanted } (valid until: { $seen }).
    .unknown = A certificate in force on { $wanted } is missing, or has not been checked yet.
criterion-residence = Residence in the municipality
    .met = Residence in the municipality is confirmed.
    .not-met = The home is not in the municipality, or the proof was not accepted.
    .unknown = The proof of residence is missing, or has not been checked yet.
criterion-income-proof = Proof of income
    .met = The income is confirmed.
    .not-met = The proof of income was not accepted.
    .unknown = The proof of income is missing, or has not been checked yet.
criterion-income-limit = Income limit
    .met = The yearly income ({ $seen }) does not exceed the limit ({ $wanted }).
    .not-met = The yearly income ({ $seen }) exceeds the limit ({ $wanted }), or the proof was not accepted.
    .unknown = The yearly income ({ $seen }) is not confirmed yet; the limit is { $wanted }.
    .not-applicable = This call sets no income limit.

# Legal bases
basis-call-terms = Terms of the municipality’s call
basis-social-protection = GDPR, Article 6(1)(e) and Article 9(2)(b) (social protection)
basis-public-task = GDPR, Article 6(1)(e) (task in the public interest)

# Order of the list
rank-equivalised-income = Yearly equivalised income, lowest first
rank-disability = Degree of disability, highest first
rank-minors = Minors in the household, most first

# What each call sets
parameter-minimum-disability = Minimum degree of disability
parameter-income-limit = Limit on yearly income
    .hint = Empty means that there is no limit; income then counts for the order only.
parameter-scale = Equivalence scale
    .hint = How the income is shared out among the members of the household.
parameter-parcel-price = Price of a parcel, delivered
parameter-shortage = When there is too little for everybody
parameter-shortage-list-order = Whoever is first on the list gets every instalment
parameter-shortage-everybody-once = Everybody gets the first instalment before the second is given
parameter-contents = What a parcel holds
parameter-contents-items = Items
parameter-contents-items-label = Item
parameter-contents-items-pieces = Pieces
parameter-contents-items-instalment = Only in instalment number
parameter-contents-producers = Producers
parameter-contents-producers-label = Producer
parameter-contents-producers-organic = Number of the organic certificate
parameter-contents-producers-cooperative = Number in the register of cooperatives
parameter-contents-stock = Parcels in stock
parameter-contents-stock-instalment = Instalment number
parameter-contents-stock-pieces = Parcels
parameter-areas = Areas that routes pass
    .hint = Leave it empty where every route passes everywhere.
parameter-areas-list = Areas
parameter-areas-list-key = Key, in small Latin letters
parameter-areas-list-label = Area

# Delivery
category-food = Food and its transport
failure-nobody-home = Nobody was at home
failure-wrong-address = The address was not found
failure-damaged = The parcel was damaged
failure-in-hospital = In hospital
failure-moved-away = Moved away from the municipality
failure-refused = The parcel was not accepted
reason-parameters-not-readable = The terms of the call cannot be read
reason-no-budget = The budget is used up
reason-no-capacity = The distribution has no free place
reason-no-stock = There are no parcels left
reason-wrong-shape = The contents have not the shape that can be read
reason-bad-text = Write each item in one line in Greek and in English, without braces, with one piece at least
reason-no-route = No route passes the area where you live

# Indicators
indicator-households = Households that received at least one parcel
indicator-parcels = Parcels delivered
