#!/usr/bin/env python3
"""The table of US sessions (src/calendar/us-sessions.ts) and instants that its reader is checked against (sessions.json).

The table is from exchange_calendars (XNYS). Its days are compared here with those of pandas_market_calendars (NYSE), which is
kept by other people: a day on which only one of them trades stops the script. Their hours differ on the days listed in
INTERRUPTED alone: openings a few minutes late and trading that was broken off, which the table leaves out, and one early
close. sessions.json is from pandas_market_calendars.

    python3 -m venv /tmp/sessions && /tmp/sessions/bin/pip install -r requirements.txt
    /tmp/sessions/bin/python generate.py && npx prettier --write ../../src/calendar/us-sessions.ts
"""
import json
import pathlib
from importlib.metadata import version

import exchange_calendars
import pandas as pd
import pandas_market_calendars

FIRST, LAST = "1990-01-01", "2036-12-31"
INTERRUPTED = """1990-12-27 1991-01-17 1991-02-25 1994-02-11 1995-12-18 1996-01-08 1997-10-27 1999-12-31 2001-09-17 2001-10-08
2002-09-11 2003-03-20 2004-06-07 2005-06-01 2006-12-27""".split()
HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parents[1] / "src" / "calendar" / "us-sessions.ts"


def local(instants):
    return instants.dt.tz_convert("America/New_York").dt.strftime("%H:%M")


schedule = exchange_calendars.get_calendar("XNYS", start=FIRST, end=LAST).schedule
other = pandas_market_calendars.get_calendar("NYSE").schedule(FIRST, LAST)
assert list(schedule.index) == list(other.index), schedule.index.symmetric_difference(other.index)
opens, closes = local(schedule["open"]), local(schedule["close"])
assert set(opens) == {"09:30"}
differing = schedule.index[(opens != local(other["market_open"])) | (closes != local(other["market_close"]))]
assert list(differing.strftime("%Y-%m-%d")) == INTERRUPTED, differing

weekdays = pd.bdate_range(FIRST, LAST)
closed = weekdays.difference(schedule.index)
early = {hour: closes.index[closes == hour] for hour in sorted(set(closes) - {"16:00"})}


def by_year(days):
    years = sorted({day.year for day in days})
    return "".join(f"  {y}: '{' '.join(d.strftime('%m-%d') for d in days if d.year == y)}',\n" for y in years)


OUT.write_text(
    f"""// Made by reference/sessions/generate.py from exchange_calendars {version("exchange_calendars")} (Apache-2.0), calendar XNYS. Not edited by hand.

/** The years that the table covers, both inclusive. */
export const tabled = {{ first: {FIRST[:4]}, last: {LAST[:4]} }} as const;

/** Weekdays without trading on the US exchanges, by year: holidays as observed, mourning, attacks, storms. */
export const closedWeekdays: Readonly<Record<number, string>> = {{
{by_year(closed)}}};

/** Days that end early, by the local time of their close. */
export const earlyCloses: Readonly<Record<string, Readonly<Record<number, string>>>> = {{
{"".join(f"'{hour}': {{{by_year(days)}}}," for hour, days in early.items())}}};
"""
)

early_days = set().union(*early.values())
days = [
    d
    for d in other.index
    if d.strftime("%Y-%m-%d") not in INTERRUPTED and (d in early_days or d.month in (3, 4, 10, 11) and d.day_of_week == 0)
]
sessions = [
    [other["market_open"][d].strftime("%Y-%m-%dT%H:%MZ"), other["market_close"][d].strftime("%Y-%m-%dT%H:%MZ")] for d in days
]
per_year = {str(y): int((other.index.year == y).sum()) for y in range(1990, 2037)}
text = json.dumps({"pandas_market_calendars": version("pandas_market_calendars"), "perYear": per_year, "sessions": sessions})
(HERE / "sessions.json").write_text(text.replace("], [", "],\n[") + "\n")
