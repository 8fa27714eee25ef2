//! Pages, filters and chosen members.

use serde_json::{Value, json};

use super::support::{World, text};

/// A tenant with clients of these names.
fn world(names: &[&str]) -> World {
    let world = World::new();
    for name in names {
        world.create("clients", &json!({ "name": name }));
    }
    world
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[test]
fn pages_are_numbered() {
    let world = world(&["a", "b", "c"]);
    let get = |query: &str| world.ask("GET", &format!("clients?{query}"), None).expect(200);
    assert_eq!(names(&get("")), ["a", "b", "c"]);
    assert_eq!(names(&get("page=0&per_page=2")), ["a", "b"]);
    assert_eq!(names(&get("page=1&per_page=2")), ["c"]);
    assert_eq!(names(&get("page=2&per_page=2")), Vec::<&str>::new());
    // As the Node SDK asks.
    let page = get("page=1&per_page=2&include_totals=true");
    let numbers = ["start", "limit", "length", "total"].map(|name| page[name].as_u64().unwrap());
    assert_eq!(numbers, [2, 2, 1, 3]);
    assert_eq!(names(&page["clients"]), ["c"]);
    for query in ["page=-1", "per_page=101", "per_page=x", "include_totals=1", "q=a"] {
        let answer = world.ask("GET", &format!("clients?{query}"), None);
        answer.fails(400, "invalid_query_string", "Query validation error");
    }
}

#[test]
fn pages_follow_each_other() {
    let world = world(&["a", "b", "c"]);
    let get = |query: &str| world.ask("GET", &format!("clients?{query}"), None).expect(200);
    let first = get("take=2&include_totals=true");
    assert_eq!(names(&first["clients"]), ["a", "b"]);
    let next = text(&first, "next");
    let second = get(&format!("take=2&from={next}"));
    assert_eq!((names(&second["clients"]), second.get("next")), (vec!["c"], None));
    let answer = world.ask("GET", "clients?from=x", None);
    answer.fails(400, "invalid_query_string", "from");
}

#[test]
fn members_are_chosen() {
    let world = world(&["a"]);
    let get = |query: &str| world.ask("GET", &format!("clients?{query}"), None).expect(200);
    assert_eq!(get("fields=name,app_type"), json!([{ "name": "a", "app_type": "regular_web" }]));
    let without = get("fields=name,client_secret&include_fields=false");
    assert_eq!((without[0].get("name"), without[0].get("client_secret")), (None, None));
    assert!(without[0].get("client_id").is_some());
    let id = text(&get("")[0], "client_id");
    let one = world.ask("GET", &format!("clients/{id}?fields=name"), None).expect(200);
    assert_eq!(one, json!({ "name": "a" }));
}

#[test]
fn filters_hold() {
    let world = world(&["a"]);
    let spa = json!({ "name": "b", "app_type": "spa", "is_first_party": false });
    world.create("clients", &spa);
    let get = |query: &str| world.ask("GET", &format!("clients?{query}"), None).expect(200);
    assert_eq!(names(&get("app_type=spa")), ["b"]);
    assert_eq!(names(&get("app_type=spa,regular_web")), ["a", "b"]);
    assert_eq!(names(&get("is_first_party=true")), ["a"]);
    assert_eq!(names(&get("is_global=false")), ["a", "b"]);
    assert_eq!(names(&get("is_global=true")), Vec::<&str>::new());
    for name in ["x", "y"] {
        world.create("resource-servers", &json!({ "identifier": name, "name": name }));
    }
    let get =
        |query: &str| world.ask("GET", &format!("resource-servers?{query}"), None).expect(200);
    assert_eq!(names(&get("identifiers=y")), ["y"]);
    assert_eq!(names(&get("identifiers=y&identifiers=x")), ["x", "y"]);
    let page = get("page=0&per_page=1&include_totals=true");
    assert_eq!((page["total"].as_u64(), names(&page["resource_servers"]).len()), (Some(3), 1));
}
