"""The supervisors' API as the gateway describes it: other programs can read that, and answers keep to it."""

import jsonschema
import openapi_spec_validator
import pytest

GETS = ["/approvals", "/approvals/{id}", "/audit", "/agents", "/supervisors", "/policy", "/status", "/health"]


@pytest.fixture
def description(gateway):
    return gateway.api("GET", "/openapi.json")


def test_the_description_is_openapi(description):
    openapi_spec_validator.validate(description)


@pytest.mark.parametrize("path", GETS)
def test_an_answer_is_as_described(gateway, description, path):
    answer = gateway.api("GET", path.replace("{id}", "ap_001"))
    described = description["paths"]["/api" + path]["get"]["responses"]["200"]
    schema = described["content"]["application/json"]["schema"]
    # References are into the description itself.
    jsonschema.Draft202012Validator({**schema, "components": description["components"]}).validate(answer)
    assert answer


def test_an_answer_that_is_not_as_described_is_found(gateway, description):
    answer = gateway.api("GET", "/approvals")
    answer["approvals"][0]["state"] = "forgotten"
    described = description["paths"]["/api/approvals"]["get"]["responses"]["200"]
    schema = {**described["content"]["application/json"]["schema"], "components": description["components"]}
    assert not jsonschema.Draft202012Validator(schema).is_valid(answer)
