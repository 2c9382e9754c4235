# Words that every page shares.

skip = Skip to content
for-staff = For partners
demo-title = Demonstration.
demo-text = People and applications are invented.
nav-label = Main menu
nav-services = Services
nav-calls = Calls
nav-track = My application
urgent-label = Emergency numbers
urgent-title = Help now:
urgent-112 = any emergency
urgent-197 = social help
urgent-15900 = violence against women
urgent-1056 = children
footer-about = About
footer-open = Open data
footer-api = Interface for developers (API)
footer-services = All services as JSON
footer-licence = Open Social Net, free software under the EUPL-1.2 licence
flash-title = Done
errors-title = { $count ->
    [one] There is a problem
   *[other] There are { $count } problems
  }
error-prefix = Error:
warning = Warning
optional = (optional)
choose = Choose
yes = Yes
no = No
day = Day
month = Month
year = Year
hour = Time
print = Print
copied = Copied
pages = Pages
page-first = From the start
page-next = Next page
cancel = Cancel
not-stated = Not stated
unknown = Unknown

date-weekday-1 = Monday
date-weekday-2 = Tuesday
date-weekday-3 = Wednesday
date-weekday-4 = Thursday
date-weekday-5 = Friday
date-weekday-6 = Saturday
date-weekday-7 = Sunday
date-month-1 = January
date-month-2 = February
date-month-3 = March
date-month-4 = April
date-month-5 = May
date-month-6 = June
date-month-7 = July
date-month-8 = August
date-month-9 = September
date-month-10 = October
date-month-11 = November
date-month-12 = December

mode-place = at a place
mode-home = at home
mode-remote = remotely
mode-street = in the street
language-el = Greek
language-en = English
language-ar = Arabic
language-fr = French
language-fa = Farsi
language-ur = Urdu
language-uk = Ukrainian
language-sq = Albanian
language-ru = Russian
language-bn = Bengali
language-so = Somali
language-tr = Turkish
language-ka = Georgian
language-pa = Punjabi
language-ps = Pashto

field-typed-nothing = You chose nothing
field-typed-time = Write the time with four digits, for example 17:00
field-typed-date = Write a date that exists, with day, month and year
field-typed-amount = Write an amount in euro, for example 4,200.50
field-typed-number = Write a number, for example 67.5
field-typed-whole-number = Write a whole number, for example 150

# What went wrong, as a page.
wrong-title = Something went wrong
wrong-missing-title = Page not found
wrong-missing-text = The address may be wrong, or the page is no longer there.
wrong-forbidden-title = You have no access here
wrong-trace = If you write to us about this, give the code { $trace }.
wrong-home = To the home page
wrong-work = To the workplace
network = Social network

state-call-draft = Draft
state-call-published = Published
state-call-assessed = Judged
state-call-proposed = List to be approved
state-call-final = Final results
state-call-cancelled = Cancelled
