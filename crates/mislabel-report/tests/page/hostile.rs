//! Names and texts of strangers change nothing but what is read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mislabel_core::{Embeddings, Labels, Run};
use mislabel_methods::Dataset;
use mislabel_report::{Input, Origin, ReportOptions, ReportPage, Samples};
use scraper::{Html, Selector};
use sha2::{Digest as _, Sha256};

use crate::made::{clustered, digits_page, made_up, parsed};

const ATTACK: &str = "</script></title></style><img src=x onerror=alert(1)>";

fn names() -> Vec<String> {
    let long = "a very long name ".repeat(20);
    let fixed = [
        ATTACK,
        "a & b",
        "\"quoted\" 'name'",
        "😀 smile",
        "שלום עולם",
        "turned \u{202e}around",
        "tab\tand\nline",
        "",
        "]]>",
    ];
    fixed.into_iter().map(Into::into).chain([long]).collect()
}

/// A page in which everything that strangers can name is hostile.
fn hostile_page() -> ReportPage {
    let names = names();
    let given = Labels::new((0..400).map(|row| row % names.len() as u32).collect(), names.len()).unwrap();
    let given = given.with_class_names(names).unwrap();
    let rows = clustered(&given, 6);
    let embeddings = Embeddings::new(rows.view()).unwrap();
    let ids: Vec<String> = (0..400).map(|row| format!("{row}{ATTACK}")).collect();
    let texts: Vec<String> = (0..400).map(|row| format!("{row} \u{0} \u{202e} {ATTACK}")).collect();
    let images = vec!["<b>/missing.png".into(); 400];
    let data = Dataset::new(&given).with_embeddings(&embeddings).unwrap().with_ids(&ids).unwrap();
    let samples = Samples { texts: Some(&texts), images: Some(&images), ..Samples::default() };
    let options = ReportOptions { title: ATTACK.into(), ..ReportOptions::default() };
    let input = Input { role: ATTACK.into(), path: ATTACK.into(), read_as: ATTACK.into() };
    let origin = Origin {
        command: Some(ATTACK.into()),
        made: Some(ATTACK.into()),
        seed: None,
        inputs: vec![input],
        reading: Some(ATTACK.into()),
    };
    ReportPage::new(&made_up(&given), &data, &samples, &options, origin, &Run::quiet()).unwrap()
}

fn selected<'a>(document: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    document.select(&Selector::parse(selector).unwrap()).collect()
}

/// The attributes of all elements: name and value.
fn attributes(document: &Html) -> Vec<(String, String)> {
    let elements = selected(document, "*");
    let of_element = |element: &scraper::ElementRef<'_>| {
        element.value().attrs().map(|(name, value)| (name.into(), value.into())).collect::<Vec<(String, String)>>()
    };
    elements.iter().flat_map(of_element).collect()
}

#[test]
fn hostile_names_are_shown_as_they_are_and_do_nothing() {
    let document = parsed(&hostile_page().html());
    assert_eq!(selected(&document, "script").len(), 1);
    assert_eq!(selected(&document, "style").len(), 1);
    assert!(selected(&document, "img").is_empty());
    assert!(attributes(&document).iter().all(|(name, _)| !name.starts_with("on") && name != "style"));
    let heads: Vec<String> =
        selected(&document, "#classes tbody th").iter().map(|head| head.text().collect::<String>()).collect();
    assert_eq!(heads.len(), names().len());
    let shown = |name: &str| heads.iter().any(|head| head == name);
    for name in names().iter().filter(|name| !name.is_empty() && !name.contains(['\u{202e}', '\n'])) {
        assert!(shown(name), "{name:?}");
    }
    assert!(shown("turned \\u{202e}around") && shown("tab\\tand\\nline") && shown("\"\""));
    assert_eq!(selected(&document, "h1")[0].text().collect::<String>(), ATTACK);
}

#[test]
fn nothing_invisible_turns_the_page_around() {
    let page = hostile_page();
    let hidden = |text: &str| text.contains(['\u{202e}', '\u{0}']);
    assert!(!hidden(&page.html()));
    assert!(page.figures().iter().all(|figure| !hidden(&figure.svg())));
}

#[test]
fn the_page_asks_nothing_of_the_network() {
    for page in [hostile_page(), digits_page("consensus").1] {
        let html = page.html();
        let document = parsed(&html);
        for (name, value) in attributes(&document) {
            if ["href", "src", "srcset", "action", "data", "poster", "xlink:href"].contains(&name.as_str()) {
                assert!(value.starts_with('#') || value.starts_with("data:image/"), "{name}={value}");
            }
        }
        let style: String = selected(&document, "style")[0].text().collect();
        assert!(!style.contains("url(") && !style.contains("@import"));
        let script: String = selected(&document, "script")[0].text().collect();
        for word in ["fetch", "XMLHttpRequest", "import(", "innerHTML", "eval", "WebSocket", "http:", "https:"] {
            assert!(!script.contains(word), "{word}");
        }
        assert!(selected(&document, "link, iframe, object, embed, base, audio, video").is_empty());
    }
}

#[test]
fn the_policy_allows_the_script_and_the_style_of_the_page_and_no_other() {
    let html = hostile_page().html();
    let document = parsed(&html);
    let policy = selected(&document, "meta[http-equiv=Content-Security-Policy]");
    let policy = policy[0].attr("content").unwrap();
    for element in ["script", "style"] {
        let content: String = selected(&document, element)[0].text().collect();
        let hash = STANDARD.encode(Sha256::digest(content.as_bytes()));
        assert!(policy.contains(&format!("{element}-src 'sha256-{hash}'")), "{element}");
    }
    assert!(policy.starts_with("default-src 'none'; img-src data:;") && !policy.contains("unsafe"));
}

#[test]
fn every_figure_is_well_formed_xml() {
    for page in [hostile_page(), digits_page("consensus").1] {
        let figures = page.figures();
        assert!(figures.len() >= 6);
        for figure in figures {
            let svg = figure.svg();
            let mut reader = quick_xml::Reader::from_str(&svg);
            reader.config_mut().check_end_names = true;
            loop {
                match reader.read_event() {
                    Ok(quick_xml::events::Event::Eof) => break,
                    Ok(_) => {}
                    Err(error) => panic!("{}: {error}", figure.name()),
                }
            }
            assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && !svg.contains("<script"));
        }
    }
}

#[test]
fn a_picture_that_cannot_be_read_says_why() {
    let document = parsed(&hostile_page().html());
    let reasons = selected(&document, ".card .missing");
    assert_eq!(
        reasons.len(),
        selected(&document, ".card .exhibit .missing").len() + selected(&document, ".card .small .missing").len()
    );
    assert!(reasons[0].text().collect::<String>().starts_with("No picture: "));
}
