"""The rules of the food parcel in OpenFisca-core, over the people that the bench `assess` wrote: what a plain array engine takes.

`python food_parcel.py FOLDER` reads columns of numbers (little endian) from FOLDER, writes `outcome`, `equivalised_income`,
`disability_percent` and `minors` beside them, and prints the seconds of its best round as a line of JSON: `people`, persons and
households from arrays, and `rules`, columns in and answers out. It gives no reasons.
"""

import json
import os
import sys
import time

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

# States of a criterion and of a document, and outcomes, as the contract numbers them.
MET, NOT_MET, UNKNOWN, NOT_APPLICABLE = range(4)
ACCEPTED, REFUSED, EXPIRED = 3, 4, 5
ELIGIBLE, NOT_ELIGIBLE, MISSING_EVIDENCE = range(3)
ROUNDS = 3

Person = build_entity(key="person", plural="persons", label="A person", is_person=True)
Household = build_entity(
    key="household",
    plural="households",
    label="A household",
    roles=[{"key": "applicant", "max": 1}, {"key": "member", "plural": "members"}],
)
SYSTEM = TaxBenefitSystem([Person, Household])


def variable(name, entity, formula=None, kind=int, **more):
    """A variable of one day."""
    body = {"value_type": kind, "entity": entity, "definition_period": DateUnit.DAY, "label": name, **more}
    if formula is not None:
        body["formula"] = formula
    SYSTEM.add_variable(type(name, (Variable,), body))


def proven(holds, evidence):
    """Met only once the document was accepted; a value that fails by itself needs no papers."""
    open_yet = np.where(evidence == REFUSED, NOT_MET, np.where(evidence < ACCEPTED, UNKNOWN, MET))
    return np.where(holds, open_yet, NOT_MET)


def disability_state(household, period, parameters):
    wanted = parameters(period).minimum_disability
    return proven(household("disability_percent", period) >= wanted, household("disability_paper", period))


def certificate_state(household, period):
    paper, last = household("disability_paper", period), household("certificate_until", period)
    refused = (paper == REFUSED) | (paper == EXPIRED) | (last < as_of(period))
    return np.where(refused, NOT_MET, np.where(paper == ACCEPTED, MET, UNKNOWN))


def residence_state(household, period):
    return proven(household("resident", period), household("residence_paper", period))


def income_proof_state(household, period):
    paper = household("income_paper", period)
    return proven((paper != REFUSED) & (paper != EXPIRED), paper)


def income_limit_state(household, period, parameters):
    limit = parameters(period).income_limit
    return proven(household("annual_income", period) <= limit, household("income_paper", period))


CRITERIA = [disability_state, certificate_state, residence_state, income_proof_state, income_limit_state]


def outcome(household, period):
    states = [household(rule.__name__, period) for rule in CRITERIA]
    failed = np.logical_or.reduce([state == NOT_MET for state in states])
    unknown = np.logical_or.reduce([state == UNKNOWN for state in states])
    return np.where(failed, NOT_ELIGIBLE, np.where(unknown, MISSING_EVIDENCE, ELIGIBLE))


def as_of(period):
    return int(np.datetime64(str(period.start), "D").astype(int))


def younger(person, period, age):
    """Born after the day that lies `age` years back; the applicant, whose day of birth is not asked, is an adult."""
    start = period.start
    since = int(np.datetime64(f"{start.year - int(age):04}-{start.month:02}-{start.day:02}", "D").astype(int))
    born = person("born", period)
    return (born > since) & (born <= as_of(period))


def scale_minor(person, period, parameters):
    return younger(person, period, parameters(period).scale.minor_under_age)


def is_minor(person, period, parameters):
    return younger(person, period, parameters(period).adult_at)


def equivalised_income(household, period, parameters):
    scale = parameters(period).scale
    minors = household.sum(household.members("scale_minor", period)).astype(np.int64)
    adults = household.nb_persons().astype(np.int64) - minors
    first, other, minor = (int(weight) for weight in (scale.first_adult, scale.other_adult, scale.minor))
    weight = first + (adults - 1) * other + minors * minor
    return (household("annual_income", period).astype(np.int64) * first + weight // 2) // weight


def minors(household, period):
    return household.sum(household.members("is_minor", period))


def declare():
    variable("born", Person)
    for name in ["disability_percent", "disability_paper", "certificate_until", "annual_income", "income_paper"]:
        variable(name, Household)
    variable("residence_paper", Household)
    variable("resident", Household, kind=bool)
    variable("scale_minor", Person, scale_minor, kind=bool)
    variable("is_minor", Person, is_minor, kind=bool)
    for rule in [*CRITERIA, outcome, equivalised_income, minors]:
        variable(rule.__name__, Household, rule)


def law(given):
    def value(number):
        return {"values": {"2000-01-01": {"value": number}}}

    scale = {name: value(number) for name, number in given["scale"].items() if isinstance(number, int)}
    names = ["minimum_disability", "income_limit", "adult_at"]
    return ParameterNode("", data={"scale": scale, **{name: value(given[name]) for name in names}})


def main(folder):
    with open(os.path.join(folder, "given.json"), encoding="utf-8") as file:
        given = json.load(file)

    def column(name):
        return np.fromfile(os.path.join(folder, name), dtype="<i4")

    declare()
    SYSTEM.parameters = law(given)
    day, count = given["as_of"], given["households"]
    people_of = column("people_household")
    inputs = {name: column(name) for name in given["columns"]}
    inputs["resident"] = inputs["resident"].astype(bool)
    born = column("born")
    roles = np.where(born == given["not_asked"], 0, 1)
    answers = ["outcome", "equivalised_income", "disability_percent", "minors"]
    people, rules = float("inf"), float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        builder = SimulationBuilder()
        builder.create_entities(SYSTEM)
        builder.declare_person_entity("person", np.arange(len(people_of)))
        households = builder.declare_entity("household", np.arange(count))
        builder.join_with_persons(households, people_of, roles)
        simulation = builder.build(SYSTEM)
        built = time.perf_counter()
        simulation.set_input("born", day, born)
        for name, values in inputs.items():
            simulation.set_input(name, day, values)
        found = {name: simulation.calculate(name, day) for name in answers}
        people = min(people, built - began)
        rules = min(rules, time.perf_counter() - built)
    for name, values in found.items():
        values.astype("<i8").tofile(os.path.join(folder, f"answer-{name}"))
    print(json.dumps({"people": people, "rules": rules}))


if __name__ == "__main__":
    main(sys.argv[1])
