//! The city as data: everything under `municipalities/`, embedded in the binary and read at the start of the demo.

use osn_core::directory::DirectoryRecord;
use osn_core::identifier::PostcodeAreas;
use osn_core::intervention::InterventionModel;
use osn_core::lang::LocalText;
use rust_embed::RustEmbed;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::directory::{AddressDefaults, LocationsFile, Names, OrganizationsFile, ServicesFile, TaxonomyFile};
use super::door::DemoError;
use super::money::MoneyFile;
use super::network::{NetworkFile, StepRow};

#[derive(RustEmbed)]
#[folder = "../municipalities"]
struct Files;

/// A municipality's own description.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Municipality {
    /// Short name, stable.
    pub(super) slug: String,
    /// Its name.
    pub(super) name: LocalText,
    /// IANA time zone.
    pub(super) time_zone: String,
    /// Host headers that address it.
    pub(super) hosts: Vec<String>,
    address_defaults: AddressDefaults,
    /// Its postal codes, with the area that each suggests.
    pub(super) postcodes: PostcodeAreas,
    /// The whole file, for the settings that the server keeps.
    #[serde(skip)]
    pub(super) settings: Value,
}

/// An account of the demonstration: a role, not a person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CastMember {
    /// Its name in scenarios.
    pub(super) key: String,
    /// What is typed at sign-in.
    pub(super) login: String,
    /// Shown name.
    pub(super) name: LocalText,
    /// The server's role names.
    pub(super) roles: Vec<String>,
    /// The body that it is bound to.
    #[serde(default)]
    pub(super) organization: Option<String>,
    /// E-mail, at a domain that reaches nobody.
    #[serde(default)]
    pub(super) email: Option<String>,
}

/// A request of the story, with the officer's decisions on what the mapping leaves unknown.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestRow {
    /// Its name in scenarios.
    pub(super) key: String,
    /// The body that submits it.
    pub(super) organization: String,
    /// Title.
    pub(super) title: LocalText,
    /// What it is about.
    pub(super) description: LocalText,
    /// What the story of the year compares the answer with.
    #[expect(
        dead_code,
        reason = "the story reads the file itself; neither the rules nor the player do"
    )]
    pub(super) expected: Value,
    /// The need, in the shape of the interface.
    pub(super) need: Value,
    /// Decisions on services whose record does not say.
    #[serde(default)]
    pub(super) decisions: Vec<DecisionRow>,
}

/// A decision on one service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionRow {
    /// Key of the service.
    pub(super) service: String,
    /// Places to count.
    pub(super) places: u32,
    /// Why.
    pub(super) reason: LocalText,
}

/// Names and streets that invented people are put together from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NameLists {
    /// A reserved domain: mail to it reaches nobody.
    pub(super) email_domain: String,
    /// Women's first names.
    pub(super) given_names_female: Vec<String>,
    /// Men's first names.
    pub(super) given_names_male: Vec<String>,
    /// Surnames in both forms.
    pub(super) surnames: Vec<Surname>,
    /// Streets.
    pub(super) streets: Vec<String>,
}

/// A surname as a man and as a woman bears it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Surname {
    /// A man's.
    pub(super) male: String,
    /// A woman's.
    pub(super) female: String,
}

/// Everything about one city.
#[derive(Debug)]
pub(super) struct City {
    /// Its description.
    pub(super) municipality: Municipality,
    /// The mapping.
    pub(super) records: Vec<DirectoryRecord>,
    /// Derives record identifiers from keys.
    pub(super) names: Names,
    /// The intervention model.
    pub(super) model: InterventionModel,
    /// The funded operation, in the shape of the interface.
    pub(super) operation: Value,
    /// Its money, where the city's folder has some.
    pub(super) money: Option<MoneyFile>,
    /// The network at work, where the city's folder has some of it.
    pub(super) network: Vec<StepRow>,
    /// The requests of the story.
    pub(super) requests: Vec<RequestRow>,
    /// The accounts of the demonstration.
    pub(super) cast: Vec<CastMember>,
    /// Where invented people get their names.
    pub(super) people: NameLists,
}

#[derive(Deserialize)]
struct Requests {
    requests: Vec<RequestRow>,
}

#[derive(Deserialize)]
struct Accounts {
    accounts: Vec<CastMember>,
}

fn text_of(file: &str) -> Result<String, DemoError> {
    let found = Files::get(file).ok_or_else(|| DemoError::data(file, "the file is not there"))?;
    String::from_utf8(found.data.into_owned()).map_err(|error| DemoError::data(file, error))
}

/// Reads one TOML file; the message of a wrong one names the line.
pub(super) fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, DemoError> {
    toml::from_str(text).map_err(|error| DemoError::data(file, error))
}

impl City {
    /// Reads the city with this folder name.
    pub(super) fn load(slug: &str) -> Result<Self, DemoError> {
        let path = |name: &str| format!("{slug}/{name}");
        let at = |name: &str| text_of(&path(name));
        let mut municipality: Municipality = read(&path("municipality.toml"), &at("municipality.toml")?)?;
        municipality.settings = read(&path("municipality.toml"), &at("municipality.toml")?)?;
        let synonyms: Value = read(&path("synonyms.toml"), &at("synonyms.toml")?)?;
        if let Some(settings) = municipality.settings.as_object_mut() {
            settings.insert("synonyms".to_owned(), synonyms);
        }
        let names = Names::new(&municipality.slug);
        let mut records = Vec::new();
        for name in [
            "taxonomies/categories.toml",
            "taxonomies/groups.toml",
            "taxonomies/areas.toml",
        ] {
            records.extend(read::<TaxonomyFile>(&path(name), &at(name)?)?.records(&names));
        }
        let name = "directory/organizations.toml";
        records.extend(read::<OrganizationsFile>(&path(name), &at(name)?)?.records(&names));
        let name = "directory/locations.toml";
        records.extend(read::<LocationsFile>(&path(name), &at(name)?)?.records(&names, &municipality.address_defaults));
        let name = "directory/services.toml";
        records.extend(read::<ServicesFile>(&path(name), &at(name)?)?.records(&names));
        let operation: Value = read(&path("operation.toml"), &at("operation.toml")?)?;
        Ok(Self {
            model: read(&path("intervention-model.toml"), &at("intervention-model.toml")?)?,
            operation: operation_body(&operation),
            money: match Files::get(&path("money.toml")) {
                Some(_) => Some(read(&path("money.toml"), &at("money.toml")?)?),
                None => None,
            },
            network: match Files::get(&path("network.toml")) {
                Some(_) => read::<NetworkFile>(&path("network.toml"), &at("network.toml")?)?.steps,
                None => Vec::new(),
            },
            requests: read::<Requests>(&path("requests.toml"), &at("requests.toml")?)?.requests,
            cast: read::<Accounts>(&path("demo-accounts.toml"), &at("demo-accounts.toml")?)?.accounts,
            people: read(&path("demo-names.toml"), &at("demo-names.toml")?)?,
            municipality,
            records,
            names,
        })
    }

    /// The account with this key.
    pub(super) fn cast_member(&self, key: &str) -> Result<&CastMember, DemoError> {
        self.cast
            .iter()
            .find(|member| member.key == key)
            .ok_or_else(|| DemoError::data("demo-accounts.toml", format!("no account `{key}`")))
    }
}

/// The fields of the file that the interface takes; provenance stays in the file.
fn operation_body(file: &Value) -> Value {
    let mut body = json!({});
    for field in [
        "code",
        "name",
        "beneficiary",
        "programme",
        "fund",
        "priority_axis",
        "territorial_investment",
        "regime",
        "period",
        "budget",
        "work_packages",
        "sub_projects",
        "decisions",
        "deliverables",
        "indicators",
        "terms",
        "reallocation_margin",
    ] {
        if let (Some(value), Some(body)) = (file.get(field), body.as_object_mut()) {
            body.insert(field.to_owned(), value.clone());
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use osn_core::directory::Directory;
    use osn_core::operation::Operation;

    use super::{City, Files, Value};

    #[test]
    fn the_city_reads_and_contradicts_itself_nowhere() {
        let city = City::load("athens").unwrap();
        let directory = Directory::new(chrono::DateTime::default(), city.records.clone());
        assert_eq!(directory.problems(), []);
        let groups =
            serde_json::from_value::<Vec<_>>(city.municipality.settings["synonyms"]["groups"].clone()).unwrap();
        osn_core::search::Synonyms::new(&groups).unwrap();
        city.model.check().unwrap();
        for request in &city.requests {
            let need: osn_core::need::Need = serde_json::from_value(request.need.clone()).unwrap();
            assert!(need.problems().is_empty(), "{}", request.key);
            for decision in &request.decisions {
                assert!(
                    directory.service(city.names.service(&decision.service)).is_some(),
                    "{}",
                    decision.service
                );
            }
        }
        // The interface gives the identifier; everything else of an operation stands in the file.
        let mut operation = city.operation.clone();
        operation["id"] = serde_json::json!(uuid::Uuid::nil());
        serde_json::from_value::<Operation>(operation).unwrap();
    }

    fn rows(file: &str, table: &str) -> Vec<Value> {
        let bytes = Files::get(&format!("athens/directory/{file}")).unwrap();
        let mut read: Value = toml::from_str(std::str::from_utf8(&bytes.data).unwrap()).unwrap();
        serde_json::from_value(read[table].take()).unwrap()
    }

    /// The forty publicly known structures are there, and whatever is said of a real body says where it comes from.
    #[test]
    fn every_known_structure_is_there_and_nothing_is_invented_about_a_real_body() {
        let (bodies, places) = (
            rows("organizations.toml", "organizations"),
            rows("locations.toml", "locations"),
        );
        let services = rows("services.toml", "services");
        let structures: BTreeSet<u64> = places.iter().filter_map(|place| place["structure"].as_u64()).collect();
        assert_eq!(structures, (1..=40).collect());
        for row in bodies.iter().chain(&places).chain(&services) {
            assert!(
                row["source"].is_string() && row["marking"].is_string(),
                "{}",
                row["key"]
            );
        }
        for place in &places {
            let is_unsure = place["marking"] == "verify" && !place["structure"].is_null();
            let warns = |language: &str, words: &str| {
                place["address_note"][language]
                    .as_str()
                    .is_some_and(|note| note.contains(words))
            };
            assert!(
                !is_unsure || warns("en", "ddress to be verified") && warns("el", "χρειάζεται επαλήθευση"),
                "{}",
                place["key"]
            );
        }
        // What a source does not say stays unknown: only invented examples have places.
        for service in &services {
            let is_example = service["source"] == "example";
            assert!(is_example || service["capacity"].is_null(), "{}", service["key"]);
        }
        let served: BTreeSet<&str> = services
            .iter()
            .filter_map(|service| service["locations"].as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for place in places.iter().filter(|place| !place["structure"].is_null()) {
            assert!(
                served.contains(place["key"].as_str().unwrap()),
                "{} offers nothing",
                place["key"]
            );
        }
    }
}
