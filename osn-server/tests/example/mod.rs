//! A server with one example municipality, on the first of June 2022.

use std::path::Path;
use std::sync::Arc;

use osn_core::id::MunicipalityId;
use osn_core::lang::LocalText;
use osn_server::app::{App, AppConfig};
use osn_server::clock::ManualClock;
use osn_server::entropy::SystemEntropy;
use osn_server::programs::ProgramsConfig;
use osn_store::{NewMunicipality, Place};

/// Opens it; `dir` holds what is local, `place` the databases.
pub(crate) async fn open(place: Place, dir: &Path) -> App {
    let config = AppConfig {
        place,
        data_dir: dir.to_owned(),
        migrate: true,
        programs: ProgramsConfig::default(),
        secure_cookies: false,
        demonstration: false,
    };
    let clock = Arc::new(ManualClock::new("2022-06-01T07:00:00Z".parse().unwrap()));
    let app = App::open(config, clock, Arc::new(SystemEntropy)).await.unwrap();
    let new = NewMunicipality {
        id: app.new_id(MunicipalityId::new),
        slug: "example".into(),
        name: LocalText::new("Δήμος Παραδείγματος", "Municipality of Example"),
        time_zone: "Europe/Athens".into(),
        hosts: vec!["example.test".into()],
        settings: serde_json::json!({ "languages": ["el", "en"] }),
    };
    app.store().create_municipality(new, app.now()).await.unwrap();
    app.refresh_municipalities().await.unwrap();
    app
}
