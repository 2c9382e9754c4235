//! `osn init` and `osn migrate`.

use osn_core::id::MunicipalityId;
use osn_core::lang::LocalText;
use osn_store::NewMunicipality;
use serde_json::json;

use super::place::{PlaceArgs, child_programs};
use super::{Answer, Out};
use crate::zone::Zone;

/// Make a data directory and a municipality in it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: PlaceArgs,
    /// Short name, in configuration and exports
    #[arg(long)]
    slug: String,
    /// Name in Greek
    #[arg(long)]
    name: String,
    /// Name in English
    #[arg(long)]
    name_en: String,
    /// IANA time zone
    #[arg(long, default_value = "Europe/Athens")]
    time_zone: String,
    /// Host names under which it is reached; the only municipality answers to every name
    #[arg(long = "host")]
    hosts: Vec<String>,
}

/// Bring the databases to this version.
#[derive(Debug, clap::Args)]
pub(super) struct MigrateArgs {
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) async fn run(args: Args, out: &Out) -> anyhow::Result<Answer> {
    Zone::named(&args.time_zone)?;
    let _held = args.place.hold()?;
    let app = args.place.open(true, child_programs()?).await?;
    if app
        .hosted()
        .await
        .iter()
        .any(|hosted| hosted.municipality.slug == args.slug)
    {
        out.answer(
            &json!({ "created": false, "slug": args.slug }),
            &format!("{} is there already.", args.slug),
        );
        return Ok(Answer::No);
    }
    let id = app.new_id(MunicipalityId::new);
    let new = NewMunicipality {
        id,
        slug: args.slug.clone(),
        name: LocalText::new(args.name, args.name_en),
        time_zone: args.time_zone,
        hosts: args.hosts,
        settings: json!({}),
    };
    app.store().create_municipality(new, app.now()).await?;
    let place = args.place.data_dir.display();
    let words = format!(
        "{} is ready in {place}. Next: `osn user add --data-dir {place} …`, then `osn serve --data-dir {place}`.",
        args.slug
    );
    out.answer(&json!({ "created": true, "slug": args.slug, "id": id }), &words);
    Ok(Answer::Yes)
}

pub(super) async fn migrate(args: MigrateArgs, out: &Out) -> anyhow::Result<Answer> {
    args.place.must_exist()?;
    let _held = args.place.hold()?;
    args.place.open(true, child_programs()?).await?;
    out.answer(&json!({ "migrated": true }), "Both databases are at this version.");
    Ok(Answer::Yes)
}
