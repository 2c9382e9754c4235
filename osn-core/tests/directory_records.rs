//! Directory records keep everything on their way to JSON and back: the store holds them as JSON.

use osn_core::directory::{DirectoryRecord, Marking, Organization, OrganizationKind};
use osn_core::id::OrganizationId;
use osn_core::lang::LocalText;
use uuid::Uuid;

#[test]
fn an_organization_survives_json() {
    let record = DirectoryRecord::Organization(Organization {
        id: OrganizationId::new(Uuid::from_u128(1)),
        name: LocalText::new("Φορέας", "Body"),
        description: LocalText::new("Φορέας", "Body"),
        kind: OrganizationKind::Municipal,
        parent_organization_id: None,
        website: None,
        source: None,
        marking: Marking::Sourced,
    });
    let json = serde_json::to_string(&record).unwrap();
    assert_eq!(
        serde_json::from_str::<DirectoryRecord>(&json).unwrap(),
        record,
        "{json}"
    );
}
