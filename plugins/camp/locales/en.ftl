name = Summer camp
summary = Weeks of culture and play at museums and other bodies, while schools are closed, for children of single-parent families.

# Questions about the family
field-single-parent-status = How you bring up your children
    .hint = Choose what is true today.
    .purpose = Needed to decide whether you can take part.
option-single-parent-status-widowed = Widowed, with custody
option-single-parent-status-unmarried = Unmarried, no other parent has recognised the child
option-single-parent-status-unmarried-recognised = Unmarried, another parent has recognised the child
option-single-parent-status-divorced-sole-care = Divorced, with sole custody
option-single-parent-status-divorced-joint-care = Divorced, with joint custody
option-single-parent-status-separated = Separated, without a divorce
option-single-parent-status-assigned-care = Parental care was assigned to me
option-single-parent-status-not-single = I bring up the children together with the other parent
field-exclusive-care = I alone exercise parental care, in fact
    .hint = Answer where custody is joint, where you are separated, or where the child was recognised.
    .purpose = Needed where custody is not yours alone on paper.
field-family-status-issued = Day on which the certificate of family status was issued
    .hint = The day of issue, on the certificate.
    .purpose = Shows whether the certificate is recent.
field-no-support = I have no relatives or others who help me with the children
    .hint = Nobody can look after the children when you work or are away.
    .purpose = Needed to decide whether you can take part, and for the order of the list.
field-annual-income = Yearly income of the whole household, in euro
    .hint = The sum for everybody who lives with you, as in the latest tax return. Write 0 where there is none.
    .purpose = Needed for the income limit and for the order of the list.
field-resident = I live in the municipality
    .hint = Your permanent home on the day you apply. People without a home bring a report of a social service.
    .purpose = Needed to decide whether you can take part.

# Questions about each child
field-birth-date = Date of birth
    .hint = Of the child, or of the member of the household.
    .purpose = Needed for the age, and so that the income is shared out fairly.
field-wishes = Where the child would like to go
    .hint = In the order of preference. Where you choose nothing, the child can go anywhere.
    .purpose = Needed to find a place that fits.
field-weeks = Weeks in which the child can come
    .hint = Where you choose nothing, the child can come in all of them.
    .purpose = Needed to find a week that fits.
field-access-needs = What the child needs in order to take part
    .hint = It does not change the selection. The place will have what you mark.
    .purpose = Needed to find a place that offers it.
option-access-needs-step-free = A place without steps
option-access-needs-sign-language = Greek sign language
option-access-needs-quiet-room = A quiet room for breaks
option-access-needs-one-to-one = A companion for the child
field-fetched-by = Who may fetch the child
    .hint = Name and telephone. Only those in charge on the day see them.
    .purpose = Needed so that the child leaves safely.
field-diet = What the child eats
    .purpose = Needed for the meal of the day.
option-diet-anything = Eats everything
option-diet-no-pork = No pork
option-diet-vegetarian = No meat
option-diet-vegan = No animal products
option-diet-fasting = Lenten food
field-allergies = Allergies and medicines
    .hint = Only what those in charge must know to keep the child safe.
    .purpose = Needed for the child’s safety.
field-photos = I agree that the child is photographed
    .hint = You can say no. It changes nothing about taking part.
    .purpose = Without your consent there are no photographs.
field-fetched-by-named-person = A person who had been named fetched the child

evidence-parental-care = Document of parental care
    .hint = Custody decision, notarial divorce, or an act of death or birth.
evidence-exclusive-care = Proof that you alone exercise care
    .hint = Report of a social service, court decision, or form E1 as a single-parent family.
evidence-family-status = Certificate of family status
    .hint = It shows the members of the family and when they were born.
evidence-social-report = Report of a social service
    .hint = It says whether there is family or anybody else who helps. The social service makes it free of charge.
evidence-tax-return = Tax assessment
    .hint = The latest assessment, or a statement that no return is due.
evidence-residence-proof = Proof of residence
    .hint = An electricity, water or telephone bill, a lease, or a report of a social service.
evidence-birth-certificate = Birth certificate
    .hint = The certificate of family status will do.

# Criteria
criterion-age-from = Youngest age
    .met = The child ({ $seen }) has reached the youngest age ({ $wanted }).
    .not-met = The child ({ $seen }) is younger than { $wanted }, or the birth was not accepted.
    .unknown = The child’s age ({ $seen }) is not confirmed yet; at least { $wanted } is needed.
criterion-age-to = Oldest age
    .met = The child ({ $seen }) does not exceed the oldest age ({ $wanted }).
    .not-met = The child ({ $seen }) is older than { $wanted }, or the birth was not accepted.
    .unknown = The child’s age ({ $seen }) is not confirmed yet; at most { $wanted } is allowed.
criterion-single-parent = Single-parent family
    .met = The family is a single-parent family under the call’s definition ({ $seen }).
    .not-met = The family is not a single-parent family under the call’s definition ({ $seen }), or the document was not accepted.
    .unknown = The document that shows single parenthood ({ $seen }) is missing, or has not been checked yet.
criterion-family-status = Recent certificate of family status
    .met = The certificate is recent ({ $seen }, at most { $wanted }).
    .not-met = The certificate is old ({ $seen }, at most { $wanted }), or was not accepted.
    .unknown = A certificate of the last { $wanted } is missing, or has not been checked yet.
criterion-no-support = No supportive family environment
    .met = It is confirmed that nobody supports the family.
    .not-met = Somebody supports the family, or the report was not accepted.
    .unknown = The report of the social service is missing, or has not been checked yet.
    .not-applicable = This call does not ask for it.
criterion-income = Limit on equivalised income
    .met = The equivalised income ({ $seen }) does not exceed the limit ({ $wanted }).
    .not-met = The equivalised income ({ $seen }) exceeds the limit ({ $wanted }), or the proof was not accepted.
    .unknown = The equivalised income ({ $seen }) is not confirmed yet; the limit is { $wanted }.
    .not-applicable = This call sets no income limit.
criterion-residence = Residence in the municipality
    .met = Residence in the municipality is confirmed.
    .not-met = The home is not in the municipality, or the proof was not accepted.
    .unknown = The proof of residence is missing, or has not been checked yet.
    .not-applicable = This call does not ask for residence in the municipality.

# Legal bases
basis-call-terms = Terms of the municipality’s call
basis-single-parent = The call’s definition. Broad: a parent who alone, in fact or after assignment, exercises parental care (Law 3812/2009, article 9(3)). Narrow: unmarried or widowed, with care and custody (Government Gazette A 21/2021).
basis-social-protection = GDPR, Article 6(1)(e) and Article 9(2)(b) (social protection)
basis-public-task = GDPR, Article 6(1)(e) (task in the public interest)
basis-consent = GDPR, Article 6(1)(a) and Article 9(2)(a) (consent)

# Order of the list
rank-no-support = Those whom nobody supports first
rank-resident = Residents of the municipality first
rank-equivalised-income = Yearly equivalised income, lowest first
rank-children = Children in the household, most first

# What each call sets
parameter-youngest = Youngest age
parameter-oldest = Oldest age
parameter-reference-day = Day on which ages are counted
    .hint = Without a date, the day of the decision counts.
parameter-single-parent = Definition of a single-parent family
    .hint = The law has no single definition. The call says which one it follows.
parameter-single-parent-broad = Broad: whoever alone exercises parental care, in fact or after assignment
parameter-single-parent-narrow = Narrow: an unmarried or widowed parent with custody
parameter-certificate-days = How old the certificate of family status may be
parameter-supportive-environment = No supportive family environment
parameter-supportive-environment-required = Required
parameter-supportive-environment-preferred = Comes first in the order
parameter-supportive-environment-ignored = Does not count
parameter-residence = Residence in the municipality
parameter-residence-required = Required
parameter-residence-preferred = Comes first in the order
parameter-residence-ignored = Does not count
parameter-income-limit = Limit on yearly equivalised income
    .hint = Without a limit, income counts for the order only.
parameter-scale = Equivalence scale
    .hint = How the income is shared out among the members of the household.
parameter-weeks-each = Weeks for each child
parameter-week-price = Cost of a week for one child
parameter-programme = Calendar and bodies
    .hint = Periods in which schools are closed, weeks, and the bodies that take part.

# Delivery
supply-week = Week of the camp
category-camp-weeks = Weeks of the camp
failure-absent = The child did not come
failure-ill = The child was ill
failure-session-cancelled = The session was cancelled
reason-parameters-not-readable = The terms of the call cannot be read
reason-no-budget = The budget is used up
reason-no-capacity = There is no free place left
reason-no-stock = There are no places of this kind left
reason-no-fitting-session = No group fits the child’s age, weeks or needs
reason-schools-are-open = The week has a school day: give a week inside the holidays
reason-wrong-shape = The calendar has not the shape that can be read: closed periods, weeks, places
reason-bad-key = A key has small Latin letters, digits and dashes only, and exists once
reason-bad-text = A name is one line without braces

# Indicators
indicator-children = Children who took part
indicator-families = Families with a child who took part
indicator-weeks = Weeks that took place
