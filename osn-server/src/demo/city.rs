//! The city as data: everything under `municipalities/`, embedded in the binary and read at the start of the demo.

use osn_core::directory::DirectoryRecord;
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
    postcodes: Postcodes,
    /// The whole file, for the settings that the server keeps.
    #[serde(skip)]
    pub(super) settings: Value,
}

#[derive(Clone, Debug, Deserialize)]
struct Postcodes {
    ranges: Vec<PostcodeRange>,
}

#[derive(Clone, Debug, Deserialize)]
struct PostcodeRange {
    from: String,
    to: String,
    area: String,
    #[serde(default)]
    boundary: bool,
}

/// A postal code with the area that it suggests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Postcode {
    /// Five digits.
    pub(super) code: String,
    /// Term code of the area.
    pub(super) area: String,
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
    /// What a test compares the answer with.
    #[expect(
        dead_code,
        reason = "for tests of the data; neither the rules nor the player read it"
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

    /// The city's own postal codes, with the area that each suggests.
    pub(super) fn postcodes(&self) -> Vec<Postcode> {
        let own = self
            .municipality
            .postcodes
            .ranges
            .iter()
            .filter(|range| !range.boundary);
        own.flat_map(|range| {
            let bounds = (
                range.from.parse::<u32>().unwrap_or(1),
                range.to.parse::<u32>().unwrap_or(0),
            );
            (bounds.0..=bounds.1).map(|code| Postcode {
                code: format!("{code:05}"),
                area: range.area.clone(),
            })
        })
        .collect()
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
    use osn_core::directory::Directory;
    use osn_core::operation::Operation;

    use super::City;

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
        assert!(
            city.postcodes()
                .iter()
                .any(|postcode| postcode.code == "10431" && postcode.area == "athens.6")
        );
    }
}
