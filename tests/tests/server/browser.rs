//! Every page of the public and of the workplace: no dead link, no refused resource, and the script at work in a real browser.
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Result, ensure};
use osn_tests::app::{Backend, HOST, TestApp};
use osn_tests::browser::Browser;
use osn_tests::client::Client;

/// Enough of each kind of page; there are hundreds of services.
const OF_EACH_KIND: usize = 3;

/// The addresses that a document leads to: links, pictures, styles, scripts.
fn addresses(document: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for attribute in ["href=\"", "src=\""] {
        for rest in document.split(attribute).skip(1) {
            let address = rest
                .split(['"', '#'])
                .next()
                .unwrap_or_default()
                .replace("&amp;", "&")
                .replace("&#38;", "&");
            if address.starts_with('/') {
                found.insert(address);
            }
        }
    }
    found
}

/// The address with identifiers and questions taken out: pages of one kind have one shape.
fn shape(address: &str) -> String {
    let path = address.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| {
        if part.len() > 16 || part.contains(char::is_numeric) {
            "*"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Follows every link from `starts`; returns one page of each shape.
async fn walk(client: &Client, starts: &[&str], may_enter: impl Fn(&str) -> bool) -> Result<BTreeMap<String, String>> {
    let mut open: VecDeque<(String, String)> = starts
        .iter()
        .map(|start| ((*start).to_owned(), "the start".to_owned()))
        .collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut asked = BTreeSet::new();
    let mut pages = BTreeMap::new();
    let mut dead = Vec::new();
    while let Some((address, from)) = open.pop_front() {
        let count = seen.entry(shape(&address)).or_default();
        if *count >= OF_EACH_KIND || !asked.insert(address.clone()) {
            continue;
        }
        *count += 1;
        let reply = client.get(&address).await?;
        if !(reply.status.is_success() || reply.status.is_redirection()) {
            dead.push(format!("{} {address}, linked from {from}", reply.status));
        }
        let media = reply
            .headers
            .get("content-type")
            .and_then(|media| media.to_str().ok())
            .unwrap_or_default();
        if media.starts_with("text/html") && reply.status.is_success() {
            let links = addresses(&reply.text).into_iter().filter(|link| may_enter(link));
            open.extend(links.map(|link| (link, address.clone())));
            pages.entry(shape(&address)).or_insert(address);
        }
    }
    ensure!(dead.is_empty(), "dead links:\n{}", dead.join("\n"));
    Ok(pages)
}

fn is_staff(address: &str) -> bool {
    address.starts_with("/staff") || address.starts_with("/en/staff")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_public_page_opens_in_a_browser_without_a_complaint() -> Result<()> {
    let house = TestApp::begun(Backend::Sqlite, "food-parcel-2022/call-publish/home-food-2022").await?;
    let pages = walk(&house.visitor(), &["/", "/en/"], |address| !is_staff(address)).await?;
    ensure!(pages.len() >= 10, "only these public pages: {:?}", pages.keys());
    let browser = Browser::on(osn_server::http::router(house.played.app.clone()), HOST).await?;
    for address in pages.values() {
        let opened = browser.open(address).await?;
        assert_eq!(opened.console, Vec::<String>::new(), "{address}");
        // The interface's own list is a plain document without the pages' script.
        assert!(
            address.starts_with("/api/") || opened.document.contains("govuk-frontend-supported"),
            "{address}: the script did not run"
        );
        assert!(opened.document.contains("<h1"), "{address}: a page has a title");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_link_of_the_workplace_is_dead() -> Result<()> {
    let house = TestApp::played(Backend::Sqlite, 7).await?;
    for login in ["coordinator", "evaluator"] {
        let pages = walk(&house.staff(login).await?, &["/staff/", "/en/staff/"], |_| true).await?;
        let staff = pages.keys().filter(|shape| is_staff(shape)).count();
        ensure!(staff >= 8, "{login} reaches only {staff} pages of the workplace");
    }
    Ok(())
}
