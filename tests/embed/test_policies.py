"""A pasted Content-Security-Policy: read as browsers read it, and what it lacks for a list."""

import pytest

from wagtail_cpsnews.embed.policies import MAX_LENGTH, Need, _similar, advise, read_policies

P = "https://publisher.example"
SCRIPT = Need("script-src", f"{P}/newsroom/embed/v1.js", "sha384-abc")
LIST = Need("connect-src", f"{P}/newsroom/api/v1/items/")
FRAME = Need("frame-src", f"{P}/newsroom/embed/list/")
ELEMENT = (SCRIPT, LIST)


def lacking(policy, *needs):
    (one,) = read_policies(policy).policies
    return {each.directive: " ".join(each.sources) for each in advise(one, needs).additions}


@pytest.mark.parametrize(
    "text",
    [
        "default-src 'self'; script-src 'self'",
        "Content-Security-Policy: default-src 'self'; script-src 'self'",
        "HTTP/2 200\r\ncontent-security-policy: default-src 'self'; script-src 'self'\r\nx-frame-options: DENY\r\n",
        """add_header Content-Security-Policy "default-src 'self'; script-src 'self'" always;""",
        """Header always set Content-Security-Policy "default-src 'self'; script-src 'self'" """,
        """<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self'">""",
        """<meta http-equiv='content-security-policy' content="default-src &#39;self&#39;; script-src &#39;self&#39;">""",
        """<add name="Content-Security-Policy" value="default-src 'self'; script-src 'self'" />""",
        """'Content-Security-Policy': 'default-src 'self'; script-src 'self''""",
        "\"Content-Security-Policy\": \"default-src 'self'; script-src 'self'\"",
        "\n default-src\n   'self';\n script-src\t'self';;\n",
        "DEFAULT-SRC 'self'; Script-Src 'self'",
    ],
)
def test_it_is_read_from_wherever_it_is_copied(text):
    (policy,) = read_policies(text).policies
    assert str(policy) == "default-src 'self'; script-src 'self'"


@pytest.mark.parametrize(
    "text",
    ["", "hello", "x-frame-options: DENY", "https://council.example/", "{}", "\x00", ";;;", "a" * 30_000],
)
def test_what_is_no_policy_is_said(text):
    pasted = read_policies(text)
    assert pasted.policies == ()
    (remark,) = pasted.remarks
    assert ("too long" in remark) == (len(text) > MAX_LENGTH)


def test_several_policies_and_those_that_only_report():
    text = "Content-Security-Policy: img-src *, script-src 'self'\nContent-Security-Policy-Report-Only: frame-src 'none'"
    policies = read_policies(text).policies
    assert [(str(policy), policy.only_reports) for policy in policies] == [
        ("img-src *", False),
        ("script-src 'self'", False),
        ("frame-src 'none'", True),
    ]


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("img-src 'self'", {}),
        ("default-src 'self'", {"script-src": P, "connect-src": P}),
        ("default-src *", {}),
        ("default-src https:", {}),
        ("default-src http:", {}),
        ("default-src data:", {"script-src": P, "connect-src": P}),
        ("script-src 'none'", {"script-src": P}),
        (f"script-src {P}; connect-src {P}", {}),
        ("script-src publisher.example; connect-src *.example", {}),
        ("script-src *.publisher.example", {"script-src": P}),
        ("script-src http://publisher.example", {}),
        ("script-src https://publisher.example:443 ", {}),
        ("script-src https://publisher.example:8443", {"script-src": P}),
        ("script-src https://publisher.example/newsroom/", {}),
        ("script-src https://publisher.example/newsroom", {"script-src": P}),
        ("script-src https://publisher.example/newsroom/embed/v1.js", {}),
        ("script-src https://publisher.example.evil.example", {"script-src": P}),
        (f"script-src 'self' {P}; script-src-elem 'self'", {"script-src-elem": P}),
        (f"script-src 'self'; script-src-elem {P}", {}),
        (f"script-src 'self'; script-src {P}", {"script-src": P}),
    ],
)
def test_what_the_element_lacks(policy, wanted):
    assert lacking(policy, *ELEMENT) == wanted


@pytest.mark.parametrize(
    ("policy", "wanted", "whole"),
    [
        ("default-src 'self'", {"frame-src": P}, f"default-src 'self'; frame-src 'self' {P}"),
        ("child-src blob:", {"frame-src": P}, f"child-src blob:; frame-src blob: {P}"),
        (
            "frame-src 'none'; upgrade-insecure-requests",
            {"frame-src": P},
            f"frame-src {P}; upgrade-insecure-requests",
        ),
        ("script-src 'self'", {}, "script-src 'self'"),
    ],
)
def test_a_new_directive_keeps_what_was_allowed(policy, wanted, whole):
    assert lacking(policy, FRAME) == wanted
    (one,) = read_policies(policy).policies
    assert advise(one, [FRAME]).policy == whole


def test_strict_dynamic_and_sandbox():
    (policy,) = read_policies("script-src 'nonce-x' 'strict-dynamic'; sandbox allow-forms").policies
    advice = advise(policy, [SCRIPT])
    assert [each.sources for each in advice.additions] == [("'sha384-abc'",)]
    assert "nonce" in advice.notes[0]
    assert "allow-scripts" in advice.notes[1]


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("scrpt-src 'self'; img-src *", "Did you mean “script-src”"),
        ("img-src self", "Write 'self'."),
        ("img-src ‘self’", "curly quotes"),
        ("img-src: 'self'; font-src *", "Remove the colon"),
        ("img-src *; img-src 'self'", "twice"),
        ("hello 1; img-src *", "We do not know the directive “hello”."),
    ],
)
def test_mistakes_in_it_are_named(policy, said):
    (remark,) = read_policies(policy).remarks
    assert said in remark


def test_several_policies_are_enough():
    assert len(read_policies("img-src *," * 8).policies) == 8
    (remark,) = read_policies("img-src *," * 9).remarks
    assert "more than 8" in remark


def test_the_rest_of_the_headers_is_no_part_of_it():
    for between in ("", "\n" * 15_000):
        text = f"Content-Security-Policy: img-src *{between}\nX-Frame-Options: DENY"
        assert [str(policy) for policy in read_policies(text).policies] == ["img-src *"]


def test_a_name_that_is_repeated_is_looked_up_once():
    _similar.cache_clear()
    read_policies("scrip-src;" * 900 + "scrip-src," * 900)
    assert _similar.cache_info().misses == 1


def test_remarks_are_few():
    assert (
        len(read_policies("img-src *; " + ";".join(f"word{number} x" for number in range(900))).remarks) == 8
    )
