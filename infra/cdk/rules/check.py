"""Evaluates the rules beside this file with the engine of AWS CloudFormation Guard, for each template named.

Prints one line for each rule that fails and a last line with the counts; exit code 1 when one failed, 2 when the rules
could not be read.
"""

import json
import pathlib
import sys

import guardpycfn

RULES = pathlib.Path(__file__).with_name("stocktool.guard").read_text()
PASS, FAIL = "PASS", "FAIL"


def outcomes(template: str) -> dict[str, str]:
    """The status of each rule for one template."""
    answer = guardpycfn.validate_with_guard(template, RULES, True)
    if not answer["success"]:
        print(answer["error"])
        sys.exit(2)
    checks = (child["container"].get("RuleCheck") for child in answer["result"]["children"])
    return {check["name"]: check["status"] for check in checks if check}


def main(paths: list[str]) -> int:
    passed: set[str] = set()
    failed = 0
    names: set[str] = set()
    for path in paths:
        text = pathlib.Path(path).read_text()
        json.loads(text)
        for name, status in outcomes(text).items():
            names.add(name)
            if status == PASS:
                passed.add(name)
            if status == FAIL:
                failed += 1
                print(f"{pathlib.Path(path).name}: {name}")
    # A rule that matched nothing in any template guards nothing.
    for name in sorted(names - passed):
        failed += 1
        print(f"{name}: never passed")
    print(f"{len(names)} rules, {len(paths)} templates")
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
