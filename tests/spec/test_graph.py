"""Who produces what, on documents of many styles."""

import pytest

from troth.config.resources import ResourceSection
from troth.errors import UsageError
from troth.spec.graph import Producer, Reference, build
from troth.spec.load import load

JSON = "application/json"
STRING, INTEGER = {"type": "string"}, {"type": "integer", "format": "int64"}
UUID = {"type": "string", "format": "uuid"}


def obj(required=(), **known):
    return {"type": "object", "properties": known, "required": list(required)}


def array(of):
    return {"type": "array", "items": of}


def operation(answer=None, body=None, parameters=(), status="200", **more):
    """An operation with a JSON answer and body of these schemas."""
    response = {"description": ""}
    if answer is not None:
        response["content"] = {JSON: {"schema": answer}}
    made = {"responses": {status: response}, **more}
    if body is not None:
        made["requestBody"] = {"required": True, "content": {JSON: {"schema": body}}}
    if parameters:
        made["parameters"] = list(parameters)
    return made


def parameter(name, location="path", schema=STRING, **more):
    return {"name": name, "in": location, "required": location == "path", "schema": schema, **more}


def graph(paths, resources=None, version="3.1.0", **components):
    spec = load(
        {
            "openapi": version,
            "info": {"title": "t", "version": "1"},
            "paths": paths,
            "components": {"schemas": components},
        }
    )
    assert spec.broken == ()
    return build(spec, resources or {})


def producers(made, label, name, location="path"):
    """The producers of a place as ``(operation, value, why)``."""
    found = made.producers.get(Reference(label, location, name), ())
    return [(each.operation, each.value, each.why) for each in found]


ID = "$response.body#/id"


def test_snake_case_with_uuids():
    thing = obj(id=UUID, title=STRING, owner_id=UUID)
    page = obj(items=array({"$ref": "#/components/schemas/ThingOut"}), next_cursor=STRING)
    ref = {"$ref": "#/components/schemas/ThingOut"}
    made = graph(
        {
            "/v1/things": {"get": operation(page), "post": operation(ref, status="201")},
            "/v1/things/{thing_id}": {
                "get": operation(ref, parameters=[parameter("thing_id", schema=UUID)]),
                "delete": operation(status="204", parameters=[parameter("thing_id", schema=UUID)]),
            },
            "/v1/things/{thing_id}/parts": {"post": operation(obj(id=UUID))},
            "/v1/things/{thing_id}/parts/{part_id}": {"get": operation(obj(id=UUID))},
            "/v1/reports": {
                "post": operation(
                    obj(id=UUID), obj(["thing_id"], thing_id=UUID, title=STRING, status=STRING)
                ),
                "get": operation(array(STRING), parameters=[parameter("thing_id", "query", UUID)]),
            },
        },
        ThingOut=thing,
    )
    best = [
        ("POST /v1/things", ID, "path hierarchy"),
        ("GET /v1/things", "$response.body#/items/0/id", "list item"),
    ]
    assert producers(made, "GET /v1/things/{thing_id}", "thing_id") == best
    assert producers(made, "DELETE /v1/things/{thing_id}", "thing_id") == best
    part = "GET /v1/things/{thing_id}/parts/{part_id}"
    assert producers(made, part, "thing_id") == best
    assert producers(made, part, "part_id") == [
        ("POST /v1/things/{thing_id}/parts", ID, "path hierarchy")
    ]
    assert [each.name for each in made.of(part)] == ["thing_id", "part_id"]
    assert producers(made, "POST /v1/reports", "/thing_id", "body")[0] == (
        "POST /v1/things",
        ID,
        "response property",
    )
    assert producers(made, "GET /v1/reports", "thing_id", "query")[0][:2] == ("POST /v1/things", ID)
    assert made.unproduced == ()
    assert made.of("POST /v1/things") == {}
    assert made.of("GET /nowhere") == {}


def test_camel_case_nested_with_numbers():
    numbered = parameter("orderId", schema=INTEGER)
    item = parameter("itemId", schema=INTEGER)
    order = obj(orderId=INTEGER, id=STRING, customerId=INTEGER)
    made = graph(
        {
            "/api/orders": {
                "post": operation(order),
                "get": operation(obj(content=array(order), totalPages=INTEGER)),
            },
            "/api/orders/{orderId}": {"parameters": [numbered], "get": operation(order)},
            "/api/orders/{orderId}/items": {
                "parameters": [numbered],
                "post": operation(obj(id=INTEGER)),
            },
            "/api/orders/{orderId}/items/{itemId}": {
                "parameters": [numbered, item],
                "patch": operation(obj(id=INTEGER)),
            },
            "/api/customers": {"post": operation(obj(id=INTEGER, name=STRING))},
            "/api/invoices": {
                "post": operation(
                    obj(id=INTEGER),
                    obj(
                        customerId=INTEGER,
                        lines=array(obj(itemId=INTEGER)),
                        ship=obj(orderId=INTEGER),
                    ),
                )
            },
        }
    )
    assert producers(made, "GET /api/orders/{orderId}", "orderId") == [
        ("POST /api/orders", "$response.body#/orderId", "path hierarchy"),
        ("GET /api/orders", "$response.body#/content/0/orderId", "list item"),
    ]
    label = "PATCH /api/orders/{orderId}/items/{itemId}"
    assert producers(made, label, "itemId") == [
        ("POST /api/orders/{orderId}/items", ID, "path hierarchy")
    ]
    invoice = "POST /api/invoices"
    assert producers(made, invoice, "/customerId", "body")[0][:2] == ("POST /api/customers", ID)
    assert producers(made, invoice, "/lines/0/itemId", "body")[0][:2] == (
        "POST /api/orders/{orderId}/items",
        ID,
    )
    assert producers(made, invoice, "/ship/orderId", "body")[0][:2] == (
        "POST /api/orders",
        "$response.body#/orderId",
    )


def test_an_id_that_is_text_may_be_a_number_in_a_path():
    thing = obj(id=STRING, type=STRING, attributes=obj(name=STRING))
    paths = {
        "/a": {"post": operation(obj(data=thing))},
        "/a/{id}": {"parameters": [parameter("id", schema=INTEGER)], "get": operation()},
    }
    made = graph(paths)
    assert producers(made, "GET /a/{id}", "id")[0][:2] == ("POST /a", "$response.body#/data/id")


def test_an_id_of_another_form_does_not_feed_a_number():
    number = parameter("id", schema=INTEGER)
    made = graph(
        {
            "/a": {"post": operation(obj(id=UUID))},
            "/a/{id}": {"parameters": [number], "get": operation()},
            "/b": {"post": operation(obj(id=INTEGER))},
            "/b/{id}": {"get": operation()},
        }
    )
    assert made.unproduced == (Reference("GET /a/{id}", "path", "id"),)
    assert producers(made, "GET /b/{id}", "id")[0][:2] == ("POST /b", ID)


def test_envelopes():
    user = obj(id=STRING, type=STRING, attributes=obj(slug=STRING))
    wrapped = obj(data={"$ref": "#/components/schemas/User"}, meta=obj(id=STRING))
    made = graph(
        {
            "/users": {
                "post": operation(wrapped),
                "get": operation(obj(data=array({"$ref": "#/components/schemas/User"}))),
            },
            "/users/{id}": {"get": operation(wrapped)},
            "/authors/{slug}": {"get": operation()},
            "/authors": {"post": operation(obj(data=obj(id=STRING, attributes=obj(slug=STRING))))},
            "/books": {
                "post": operation(obj(status=STRING, book=obj(_id=STRING), author=obj(id=STRING)))
            },
            "/books/{bookId}": {"get": operation()},
            "/tags": {
                "get": operation(
                    obj(success=STRING, data=obj(items=array(obj(id=STRING)), total=INTEGER))
                )
            },
            "/tags/{tag_id}": {"get": operation()},
            "/hal": {
                "get": operation(obj(_embedded=obj(hals=array(obj(id=STRING))), _links=obj()))
            },
            "/hal/{id}": {"get": operation()},
        },
        User=user,
    )
    assert producers(made, "GET /users/{id}", "id") == [
        ("POST /users", "$response.body#/data/id", "path hierarchy"),
        ("GET /users", "$response.body#/data/0/id", "list item"),
    ]
    assert producers(made, "GET /authors/{slug}", "slug") == [
        ("POST /authors", "$response.body#/data/attributes/slug", "path hierarchy")
    ]
    assert producers(made, "GET /books/{bookId}", "bookId") == [
        ("POST /books", "$response.body#/book/_id", "path hierarchy")
    ]
    assert producers(made, "GET /tags/{tag_id}", "tag_id") == [
        ("GET /tags", "$response.body#/data/items/0/id", "list item")
    ]
    assert producers(made, "GET /hal/{id}", "id") == [
        ("GET /hal", "$response.body#/_embedded/hals/0/id", "list item")
    ]


def test_location_headers_and_silent_answers():
    located = {
        "responses": {"201": {"description": "", "headers": {"Location": {"schema": STRING}}}}
    }
    made = graph(
        {
            "/jobs": {"post": located},
            "/jobs/{job_id}": {"get": operation()},
            "/plain": {"post": operation(status="201")},
            "/plain/{plainId}": {"get": operation()},
            "/void": {"post": operation(status="204")},
            "/void/{id}": {"get": operation()},
            "/open": {"post": operation({}), "get": operation({})},
            "/open/{open_id}": {"get": operation()},
            "/text": {
                "post": {"responses": {"200": {"description": "", "content": {"text/plain": {}}}}}
            },
            "/text/{id}": {"get": operation()},
        }
    )
    location = "$response.header.Location"
    assert producers(made, "GET /jobs/{job_id}", "job_id") == [("POST /jobs", location, "location")]
    assert producers(made, "GET /plain/{plainId}", "plainId") == [
        ("POST /plain", location, "location"),
        ("POST /plain", ID, "path hierarchy"),
        ("POST /plain", "$response.body#/plainId", "path hierarchy"),
        ("POST /plain", "$response.body#/data/id", "path hierarchy"),
    ]
    assert producers(made, "GET /void/{id}", "id") == [("POST /void", location, "location")]
    guessed = producers(made, "GET /open/{open_id}", "open_id")
    assert guessed[0] == ("POST /open", ID, "path hierarchy")
    assert guessed[-1] == ("GET /open", "$response.body#/items/0/id", "list item")
    assert producers(made, "GET /text/{id}", "id") == [("POST /text", location, "location")]


def test_slugs_and_names_need_a_property_of_that_name():
    article = obj(id=INTEGER, slug=STRING, title=STRING)
    made = graph(
        {
            "/articles": {
                "post": operation(obj(article=article)),
                "get": operation(obj(articles=array(article), articlesCount=INTEGER)),
            },
            "/articles/{slug}": {"get": operation()},
            "/articles/by/{title}": {"get": operation()},
            "/tenants": {"post": operation(obj(id=STRING, slug=STRING))},
            "/tenants/{tenant_slug}": {"get": operation()},
            "/notes": {"post": operation(obj(id=STRING))},
            "/notes/{slug}": {"get": operation()},
            "/{lang}/docs": {"get": operation()},
            "/pkg": {"post": operation(obj(id=STRING))},
            "/pkg/{version}": {"get": operation()},
            "/user": {"post": operation(status="201", body=obj(username=STRING, email=STRING))},
            "/user/{username}": {"get": operation()},
        }
    )
    assert producers(made, "GET /articles/{slug}", "slug") == [
        ("POST /articles", "$response.body#/article/slug", "path hierarchy"),
        ("GET /articles", "$response.body#/articles/0/slug", "list item"),
    ]
    assert producers(made, "GET /tenants/{tenant_slug}", "tenant_slug") == [
        ("POST /tenants", "$response.body#/slug", "path hierarchy")
    ]
    assert ("POST /user", "$request.body#/username", "path hierarchy") in producers(
        made, "GET /user/{username}", "username"
    )
    unproduced = {(each.operation, each.name) for each in made.unproduced}
    assert unproduced == {
        ("GET /articles/by/{title}", "title"),
        ("GET /notes/{slug}", "slug"),
        ("GET /{lang}/docs", "lang"),
        ("GET /pkg/{version}", "version"),
    }


def test_links_come_first():
    linked = operation(obj(number=STRING, id=STRING), status="201")
    linked["responses"]["201"]["links"] = {
        "show": {"operationId": "show", "parameters": {"id": "$response.body#/number"}},
        "same": {"operationId": "show", "parameters": {"path.id": "$response.header.X-Id"}},
        "known": {"operationId": "show", "parameters": {"id": "$request.path.id"}},
        "constant": {"operationId": "show", "parameters": {"id": "7"}},
    }
    shown = operation(obj(id=STRING), operationId="show")
    shown["responses"]["200"]["links"] = {
        "self": {"operationId": "show", "parameters": {"id": ID}},
        "drop": {"operationId": "drop", "parameters": {"id": ID}},
    }
    made = graph(
        {
            "/a": {"post": linked},
            "/a/{id}": {"get": shown, "delete": operation(operationId="drop")},
        }
    )
    assert producers(made, "GET /a/{id}", "id") == [
        ("POST /a", "$response.body#/number", "link"),
        ("POST /a", "$response.header.X-Id", "link"),
        ("POST /a", ID, "path hierarchy"),
    ]
    assert producers(made, "DELETE /a/{id}", "id") == [
        ("GET /a/{id}", ID, "link"),
        ("POST /a", ID, "path hierarchy"),
    ]


def test_a_service_that_only_reads():
    made = graph(
        {
            "/stations": {"get": operation(array(obj(id=INTEGER, name=STRING)))},
            "/stations/{stationId}": {"get": operation()},
            "/lines": {"get": operation(array(STRING))},
            "/lines/{line}": {"get": operation()},
            "/news/{id}": {"get": operation()},
        }
    )
    assert producers(made, "GET /stations/{stationId}", "stationId") == [
        ("GET /stations", "$response.body#/0/id", "list item")
    ]
    assert producers(made, "GET /lines/{line}", "line") == [
        ("GET /lines", "$response.body#/0", "list item")
    ]
    assert made.unproduced == (Reference("GET /news/{id}", "path", "id"),)


def test_other_places_of_the_same_kind_serve_too():
    made = graph(
        {
            "/users/me": {"get": operation(obj(id=STRING, email=STRING))},
            "/users/{user_id}": {"get": operation()},
            "/auth/register": {"post": operation({"$ref": "#/components/schemas/AccountDto"})},
            "/admin/accounts/{accountId}": {"delete": operation(status="204")},
            "/v2/widgets/create": {"post": operation(obj(widget_id=STRING))},
            "/v2/widgets/{widget_id}": {"get": operation()},
            "/v1/widget/{id}": {"get": operation()},
        },
        AccountDto=obj(id=STRING),
    )
    assert producers(made, "GET /users/{user_id}", "user_id") == [
        ("GET /users/me", ID, "response property")
    ]
    assert producers(made, "DELETE /admin/accounts/{accountId}", "accountId") == [
        ("POST /auth/register", ID, "response property")
    ]
    widget = ("POST /v2/widgets/create", "$response.body#/widget_id")
    assert producers(made, "GET /v2/widgets/{widget_id}", "widget_id")[0][:2] == widget
    assert producers(made, "GET /v1/widget/{id}", "id")[0][:2] == widget


def test_tokens_and_ids_are_found_by_the_same_name_elsewhere():
    login = operation(obj(access_token=STRING, refresh_token=STRING, status=STRING, code=STRING))
    made = graph(
        {
            "/login": {"post": login},
            "/a-renewal": {"post": operation(obj(refresh_token=STRING), obj(refresh_token=STRING))},
            "/refresh": {"post": operation(obj(refresh_token=STRING), obj(refresh_token=STRING))},
            "/confirm": {
                "post": operation(body=obj(code=STRING, id=STRING, status=STRING, email=STRING))
            },
            "/ship": {
                "post": operation(
                    body=obj(
                        country_code=STRING,
                        page_token=STRING,
                        idempotency_key=STRING,
                        batch_id=STRING,
                    )
                )
            },
            "/places": {
                "get": operation(
                    obj(
                        country_code=STRING,
                        page_token=STRING,
                        idempotency_key=STRING,
                        batch_id=obj(),
                    )
                )
            },
        }
    )
    assert producers(made, "POST /refresh", "/refresh_token", "body") == [
        ("POST /login", "$response.body#/refresh_token", "response property"),
    ]
    # What wants such a token itself comes last, and of two that could feed each other one does.
    assert producers(made, "POST /a-renewal", "/refresh_token", "body") == [
        ("POST /login", "$response.body#/refresh_token", "response property"),
        ("POST /refresh", "$response.body#/refresh_token", "response property"),
    ]
    assert made.of("POST /confirm") == {}
    assert made.of("POST /ship") == {}


def test_a_path_value_that_was_known_before_is_no_news():
    shared = graph(
        {
            "/rooms/{room_id}/talks": {"post": operation(obj(room_id=STRING, id=STRING))},
            "/rooms/{room_id}": {"get": operation()},
        }
    )
    assert {each.name for each in shared.unproduced} == {"room_id"}


def test_lists_of_ids_parents_headers_and_bare_uuids():
    folder = obj(id=UUID, name=STRING)
    made = graph(
        {
            "/folders": {
                "get": operation(array(folder)),
                "post": operation(folder, obj(["name"], name=STRING, parent_id=UUID)),
            },
            "/folders/{id}": {"patch": operation(folder, obj(parentId=UUID))},
            "/roots": {"post": operation(obj(id=UUID), obj(["parent_id"], parent_id=UUID))},
            "/tags": {"post": operation(obj(id=UUID))},
            "/posts": {
                "post": operation(
                    body=obj(tag_ids=array(UUID), folder=UUID, tag=STRING, note_ids=array(UUID)),
                    parameters=[parameter("X-Folder-Id", "header")],
                )
            },
        }
    )
    assert producers(made, "POST /folders", "/parent_id", "body") == [
        ("GET /folders", "$response.body#/0/id", "list item")
    ]
    assert producers(made, "PATCH /folders/{id}", "/parentId", "body")[0][:2] == (
        "POST /folders",
        ID,
    )
    assert made.of("POST /roots") == {}
    assert {(each.location, each.name) for each in made.of("POST /posts")} == {
        ("header", "X-Folder-Id"),
        ("body", "/tag_ids/0"),
        ("body", "/folder"),
    }
    assert producers(made, "POST /posts", "/tag_ids/0", "body") == [
        ("POST /tags", ID, "response property")
    ]


def test_fixed_values_are_no_references():
    created = operation(obj(id=STRING))
    made = graph(
        {
            "/a": {"post": created},
            "/a/{id}": {"get": operation(parameters=[parameter("id", schema={"enum": ["x"]})])},
            "/a/{aId}/c": {
                "get": operation(parameters=[parameter("aId", schema={"type": "boolean"})])
            },
            "/c": {
                "post": operation(body=obj(a_id={"const": "1"}, aId={"readOnly": True, **STRING}))
            },
        }
    )
    assert made.producers == {}
    assert made.unproduced == ()


def test_an_example_is_no_reason_not_to_ask_a_producer():
    made = graph(
        {
            "/a": {"post": operation(obj(id=STRING))},
            "/a/{a_id}": {"get": operation(parameters=[parameter("a_id", example="7")])},
        }
    )
    assert producers(made, "GET /a/{a_id}", "a_id")[0][0] == "POST /a"


def test_circles_are_cut():
    made = graph(
        {
            "/a/{b_id}/x": {"post": operation(obj(a_id=STRING))},
            "/b/{a_id}/y": {"post": operation(obj(b_id=STRING))},
            "/eggs": {"post": operation(obj(id=STRING), obj(["hen_id"], hen_id=STRING))},
            "/hens": {"post": operation(obj(id=STRING), obj(egg_id=STRING))},
        }
    )
    paths = [each for each in made.producers if each.location == "path"]
    assert paths == []
    assert len(made.unproduced) == 2
    assert producers(made, "POST /eggs", "/hen_id", "body")[0][0] == "POST /hens"
    assert producers(made, "POST /hens", "/egg_id", "body") == []


def test_an_operation_never_produces_for_itself():
    made = graph(
        {
            "/things": {"post": operation(obj(id=STRING), obj(thing_id=STRING))},
            "/things/{thing_id}": {"put": operation(obj(id=STRING))},
        }
    )
    for reference, found in made.producers.items():
        assert reference.operation not in {each.operation for each in found}
    assert producers(made, "PUT /things/{thing_id}", "thing_id") == [
        ("POST /things", ID, "path hierarchy")
    ]


def test_configuration_comes_instead():
    paths = {
        "/orders": {"post": operation(obj(id=STRING)), "get": operation(array(obj(ref=STRING)))},
        "/checkout": {"post": operation(obj(order=obj(ref=STRING)), operationId="checkout")},
        "/orders/{ref}": {"get": operation()},
        "/refunds": {"post": operation(body=obj(order_id=STRING, which=STRING))},
    }
    sections = {
        "order": ResourceSection(
            create="checkout",
            list="GET /orders",
            id="$response.body#/order/ref",
            parameter=("ref", "order_id", "which"),
        )
    }
    made = graph(paths, sections)
    told = [
        ("POST /checkout", "$response.body#/order/ref", "configured"),
        ("GET /orders", "$response.body#/0/ref", "configured"),
    ]
    assert producers(made, "GET /orders/{ref}", "ref") == told
    assert producers(made, "POST /refunds", "/order_id", "body") == told
    assert producers(made, "POST /refunds", "/which", "body") == told


def test_configuration_without_parameters_goes_by_the_collection():
    paths = {
        "/orders": {"post": operation(obj(number=STRING, id=STRING))},
        "/orders/{id}": {"get": operation()},
        "/other/{id}": {"get": operation()},
        "/refunds": {"post": operation(body=obj(order_id=STRING))},
    }
    section = ResourceSection(create="POST /orders", id="$response.body#/number")
    made = graph(paths, {"order": section})
    told = [("POST /orders", "$response.body#/number", "configured")]
    assert producers(made, "GET /orders/{id}", "id") == told
    assert producers(made, "POST /refunds", "/order_id", "body") == told
    assert producers(made, "GET /other/{id}", "id") == []


def test_configuration_of_unknown_operations_is_refused():
    paths = {"/orders": {"post": operation(obj(id=STRING), operationId="createOrder")}}
    with pytest.raises(
        UsageError, match=r"`creatOrder` in \[resources.order\] create.*createOrder"
    ):
        graph(paths, {"order": ResourceSection(create="creatOrder")})
    assert graph(paths, {"order": ResourceSection(owner="tenant")}).producers == {}


def test_the_values_are_plain():
    made = graph({"/a": {"post": operation(obj(id=STRING))}, "/a/{id}": {"get": operation()}})
    reference = Reference("GET /a/{id}", "path", "id")
    assert made.producers == {reference: (Producer("POST /a", ID, "path hierarchy"),)}
    assert hash(reference)


def test_an_integer_that_is_called_like_a_kind_of_thing_refers_to_one():
    task = obj(id=INTEGER, project=INTEGER, labels=array(INTEGER), priority=INTEGER)
    paths = {
        "/projects": {"post": operation(obj(id=INTEGER), obj(name=STRING))},
        "/labels": {"post": operation(obj(id=INTEGER), obj(text=STRING))},
        "/tasks": {"post": operation(task, task)},
    }
    made = graph(paths)
    assert producers(made, "POST /tasks", "/project", "body")[0][:2] == ("POST /projects", ID)
    assert producers(made, "POST /tasks", "/labels/0", "body")[0][:2] == ("POST /labels", ID)
    assert producers(made, "POST /tasks", "/priority", "body") == []
