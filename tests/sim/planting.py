"""Violations planted into good logs, and what the judge of logs says of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from racer.app.verify.settled import OF_RACES

KEPT = 20  # of them, in place of the hundred for which three talk a minute

Printed: TypeAlias = dict[str, Any]
Logs: TypeAlias = list[list[Printed]]
Plant: TypeAlias = Callable[[Logs], None]


def told(log: list[Printed], event: str, **fields: object) -> list[Printed]:
    """Return the lines of a log that tell of such an event."""
    return [
        line
        for line in log
        if line["event"] == event and all(line[name] == value for name, value in fields.items())
    ]


def last_life(log: list[Printed]) -> list[Printed]:
    start = max(
        at for at, line in enumerate(log) if line["event"] == "lineage" and "was" not in line
    )
    return log[start:]


# --- violations -------------------------------------------------------------------------------


def swap_two_words(logs: Logs) -> None:
    """One node shows two lines of the last life in the other order."""
    *_, one, other = told(last_life(logs[0]), "chat")
    for name in ("node", "text", "dot"):
        one[name], other[name] = other[name], one[name]


def lose_a_place(logs: Logs) -> None:
    """One node leaves out a line, and the ones behind it stay where they are."""
    lost = told(last_life(logs[1]), "chat")[3]
    logs[1].remove(lost)


def say_it_twice(logs: Logs) -> None:
    line = told(last_life(logs[2]), "chat")[-1]
    again = {**line, "index": line["index"] + 1, "decree": line["decree"] + 1}
    logs[2].insert(logs[2].index(line) + 1, again)


def forge_a_word(logs: Logs) -> None:
    told(last_life(logs[2]), "chat")[2]["text"] = "something else"


def turn_an_author_round(logs: Logs) -> None:
    """An author's two lines change places, at all nodes alike."""
    chat = told(last_life(logs[0]), "chat")
    author = chat[-1]["dot"].rpartition(".")[0]
    first = next(line["dot"] for line in chat if line["dot"].startswith(f"{author}."))
    swapped = {first: chat[-1]["dot"], chat[-1]["dot"]: first}
    for log in logs:
        for line in told(log, "chat"):
            line["dot"] = swapped.get(line["dot"], line["dot"])


def lose_after_the_restart(logs: Logs) -> None:
    """A node that was started again does not show the last line that it had shown before."""
    after = last_life(logs[1])
    *_, lost = told(after, "chat", dot=told(logs[1][: -len(after)], "chat")[-1]["dot"])
    place = lost["index"]
    logs[1].remove(lost)
    for line in told(after, "chat"):
        if line["index"] > place:
            line["index"] -= 1


def live_once_more(log: list[Printed], *, found: bool) -> None:
    """Put a life before the last, in another lineage, that lacks the last line shown before it.

    Args:
        found: whether the last life shows it, which comes a minute later then.
    """
    last = last_life(log)
    before = log[: -len(last)]
    lost = told(before, "chat")[-1]["dot"]
    lacking = [dict(line) for line in last if line.get("dot") != lost]
    (place,) = {line["index"] for line in told(last, "chat", dot=lost)}
    for line in told(lacking, "chat"):
        line["index"] -= line["index"] > place
    again = [{**line, "t": line["t"] + 60} for line in (last if found else lacking)]
    for line in told(lacking, "lineage"):
        line["lineage"] = f"f{line['lineage'][1:]}"
    log[:] = [*before, *lacking, *again]


def grant_to_two(logs: Logs) -> None:
    """One node shows a canister at another car, in a lineage in which all others saw the grant."""
    grant = told(last_life(logs[0]), "pickup")[-1]
    grant["node"] = next(node for node in nodes(logs) if node != grant["node"])


def grant_too_early(logs: Logs) -> None:
    for log in logs:
        for grant in told(log, "pickup", generation=1):
            grant["ms"] -= 5000


def skip_an_appearance(logs: Logs) -> None:
    for log in logs:
        for grant in told(log, "pickup", generation=1):
            grant["generation"] = 2


def take_back_what_all_had(logs: Logs) -> None:
    """After the blackout all nodes agree on another owner than all had seen before it."""
    other = next(node for node in nodes(logs) if node != told(logs[0], "pickup")[0]["node"])
    for log in logs:
        for grant in told(last_life(log), "pickup", generation=0):
            grant["node"] = other


def seat_two_on_one(logs: Logs) -> None:
    one, other, *_ = told(last_life(logs[0]), "seat")
    other["number"] = one["number"]


def seat_one_on_two(logs: Logs) -> None:
    one, other, *_ = told(last_life(logs[2]), "seat")
    other["node"] = one["node"]


def skip_a_lap(logs: Logs) -> None:
    logs[1].remove(told(last_life(logs[1]), "lap", lap=1)[0])


def count_a_lap_twice(logs: Logs) -> None:
    lap = told(last_life(logs[1]), "lap", lap=2)[0]
    logs[1].insert(logs[1].index(lap), {**lap})


def run_time_back(logs: Logs) -> None:
    lap = told(last_life(logs[2]), "lap", lap=2)[0]
    lap["race_ms"] = lap["ms"] = 1000


def close_a_race_twice(logs: Logs) -> None:
    told(logs[2], "results", official=True)[-1]["digest"] = "0123456789abcdef"


def judge_otherwise(logs: Logs) -> None:
    """Two tables of one digest."""
    table = told(logs[0], "results", official=True)[-1]["table"]
    table[0]["node"], table[1]["node"] = table[1]["node"], table[0]["node"]


def wave_the_flag_too_soon(logs: Logs) -> None:
    """A driver finishes laps behind, before anybody has won."""
    table = told(logs[1], "results", official=True)[-1]["table"]
    table[-1]["laps"], table[-1]["ms"] = 1, 1


def lives(log: list[Printed]) -> tuple[list[Printed], list[Printed]]:
    """Return a log's last life, and all before it."""
    last = last_life(log)
    return log[: -len(last)], last


def remove(log: list[Printed], lines: list[Printed]) -> None:
    log[:] = [line for line in log if not any(line is each for each in lines)]


def time_a_lap_otherwise(logs: Logs) -> None:
    """One node shows another time for a lap, and only before the blackout."""
    lap = told(lives(logs[0])[0], "lap")[0]
    lap["ms"] += 1000
    lap["race_ms"] += 1000


def time_a_finish_otherwise(logs: Logs) -> None:
    told(lives(logs[2])[0], "finish")[1]["ms"] += 17


def tell_a_lap_again(logs: Logs) -> None:
    """One node tells a lap twice, with two times."""
    lap = told(lives(logs[1])[0], "lap")[0]
    again = {**lap, "ms": lap["ms"] + 5, "race_ms": lap["race_ms"] + 5}
    logs[1].insert(logs[1].index(lap) + 1, again)


def lack_the_last_lap(logs: Logs) -> None:
    """One node never shows a car's last lap, and knows nothing of the end of its race."""
    for line in [*told(logs[1], "lap"), *told(logs[1], "finish")]:
        if line["node"] == told(logs[1], "lap")[-1]["node"]:
            remove(logs[1], [line])
    remove(logs[1], told(logs[1], "results", official=False))


def lack_it_after_the_blackout(logs: Logs) -> None:
    """After the blackout of a race that goes on, one node shows no lap of a car any more.

    All had shown it just before, when the split was over.
    """
    after = last_life(logs[1])
    node = told(lives(logs[1])[0], "lap")[-1]["node"]
    remove(logs[1], [*told(after, "lap", node=node), *told(after, "finish", node=node)])
    remove(logs[1], told(after, "results"))


def drop_a_grant(logs: Logs) -> None:
    """After the blackout nobody shows who got the first canister."""
    for log in logs:
        first, *_ = told(lives(log)[0], "pickup")
        remove(log, told(last_life(log), "pickup", id=first["id"]))


def close_it_otherwise(logs: Logs) -> None:
    """After the blackout all show other results of the same race."""
    for log in logs:
        (results,) = told(last_life(log), "results", official=True)
        one, other, *_ = results["table"]
        one["node"], other["node"] = other["node"], one["node"]
        results["digest"] = "0123456789abcdef"


def lengthen_all_laps(logs: Logs) -> None:
    """After the blackout all laps, and with them all else, took three seconds longer."""
    for log in logs:
        after = last_life(log)
        for lap in told(after, "lap"):
            lap["ms"] += 3000
            lap["race_ms"] += 3000 * lap["lap"]
        for finish in told(after, "finish"):
            finish["ms"] += 3000
        for results in told(after, "results"):
            for row in results["table"]:
                row["ms"], row["best_ms"] = row["ms"] + 3000, row["best_ms"] + 3000
            results["digest"] = "0123456789abcdef"


def lose_all_laps_and_results(logs: Logs) -> None:
    for number in range(len(logs)):
        lose_a_race_alone(logs, number)


def lose_a_race_alone(logs: Logs, number: int = 1) -> None:
    """After the blackout a node shows nothing of the race that all were in."""
    after = last_life(logs[number])
    lost = [line for event in OF_RACES for line in told(after, event)]
    remove(logs[number], lost)


def lose_results_alone(logs: Logs) -> None:
    """After the blackout one node shows the laps of the race, and no results."""
    remove(logs[2], told(last_life(logs[2]), "results"))


def never_close_a_race(logs: Logs) -> None:
    """One node sees a race end, and no results."""
    remove(logs[0], told(logs[0], "results", official=True))


def add_a_car(logs: Logs) -> None:
    """All official tables have a car that was not in the race, as everybody's last."""
    for log in logs:
        for results in told(log, "results", official=True):
            last = results["table"][-1]
            more = {"place": last["place"] + 1, "node": "0d0d0d0d", "ms": last["ms"] + 1}
            results["table"].append({**last, **more})


def swap_two_places(logs: Logs) -> None:
    for log in logs:
        for results in told(log, "results", official=True):
            one, other, *_ = results["table"]
            for name in ("node", "name", "laps", "ms", "best_ms"):
                one[name], other[name] = other[name], one[name]


def give_another_total(logs: Logs) -> None:
    for log in logs:
        for results in told(log, "results", official=True):
            results["table"][-1]["ms"] += 1


def give_another_best_lap(logs: Logs) -> None:
    for log in logs:
        for results in told(log, "results", official=True):
            results["table"][-1]["best_ms"] -= 1


def lead_twice(logs: Logs) -> None:
    seen = told(logs[2], "coordinator")[-1]
    seen["node"] = next(node for node in nodes(logs) if node != seen["node"])


def lease_to_two(logs: Logs) -> None:
    lease = told(last_life(logs[0]), "control")[-1]
    lease["driver"] = next(node for node in nodes(logs) if node != lease["driver"])


def begin_later(logs: Logs) -> None:
    """All who began from a checkpoint leave out its first line, and say that it has one less."""
    for log in logs:
        for told_again in told(log, "chat_folded"):
            first = told_again["index"]
            told_again["index"] += 1
            for line in told(last_life(log), "chat", index=first):
                log.remove(line)


def begin_later_alone(logs: Logs) -> None:
    told(last_life(logs[1]), "chat_folded")[0]["index"] += 1


def show_what_is_folded(logs: Logs) -> None:
    told(last_life(logs[1]), "chat")[0]["index"] -= 1


def begin_without_a_word(logs: Logs) -> None:
    for line in told(last_life(logs[2]), "chat_folded"):
        logs[2].remove(line)


def lose_behind_the_checkpoint(logs: Logs) -> None:
    """A line is gone that a checkpoint keeps, at a node that was started again."""
    lost = told(last_life(logs[2]), "chat")[KEPT // 2]
    logs[2].remove(lost)
    for line in told(last_life(logs[2]), "chat"):
        if line["index"] > lost["index"]:
            line["index"] -= 1


def nodes(logs: Logs) -> Iterator[str]:
    return (str(told(log, "joined")[0]["node"]) for log in logs)


PLANTS: list[tuple[Plant, str, str]] = [
    (swap_two_words, "decrees", "says two things"),
    (lose_a_place, "order", "the one before it is empty"),
    (say_it_twice, "decrees", "one line has two places in one lineage"),
    (forge_a_word, "order", "one line has two texts"),
    (turn_an_author_round, "order", "an author's later line stands first"),
    (lose_after_the_restart, "restarts", "a line was shown, and is gone"),
    (grant_to_two, "grants", "a canister went to two cars"),
    (grant_too_early, "grants", "before it is there again"),
    (skip_an_appearance, "grants", "that was not granted before"),
    (take_back_what_all_had, "restarts", "all had seen granted"),
    (drop_a_grant, "restarts", "a canister that all had seen granted is nobody's"),
    (lack_it_after_the_blackout, "restarts", "a lap that all had seen is gone"),
    (seat_two_on_one, "seats", "is two drivers'"),
    (seat_one_on_two, "seats", "has two numbers"),
    (skip_a_lap, "laps", "lap 2 is told where lap 1 must come"),
    (count_a_lap_twice, "laps", "lap 2 is told where lap 3 must come"),
    (run_time_back, "laps", "a lap ends before the one before it"),
    (close_a_race_twice, "results", "one race has two results"),
    (judge_otherwise, "results", "results of one digest differ"),
    (wave_the_flag_too_soon, "results", "finished before the winner"),
    (lead_twice, "coordinators", "two coordinators"),
    (lease_to_two, "leases", "of a car is two drivers'"),
]


STAYED_PLANTS: list[tuple[Plant, str, str]] = [
    (time_a_lap_otherwise, "laps", "a lap of a car has two times"),
    (time_a_finish_otherwise, "laps", "a finish of a car has two times"),
    (tell_a_lap_again, "laps", "a lap of a car has two times"),
    (lack_the_last_lap, "results", "a table has laps that are not shown"),
    (close_it_otherwise, "restarts", "results that all had seen official are others"),
    (lengthen_all_laps, "restarts", "a lap that all had seen has another time"),
    (lengthen_all_laps, "restarts", "a finish that all had seen has another time"),
    (lengthen_all_laps, "restarts", "results that all had seen official are others"),
    (lose_all_laps_and_results, "restarts", "a race that all had seen is gone"),
    (lose_a_race_alone, "restarts", "a race that all had seen is gone"),
    (lose_results_alone, "restarts", "results that all had seen official are gone"),
    (never_close_a_race, "results", "a race is over, and has no results"),
    (add_a_car, "results", "a table has laps that are not shown"),
    (swap_two_places, "results", "in the order of neither its times nor its best laps"),
    (give_another_total, "results", "another time than the last lap"),
    (give_another_best_lap, "results", "another best lap than is shown"),
]


OLD_PLANTS: list[tuple[Plant, str, str]] = [
    (begin_later, "order", "fewer lines are shown than a checkpoint keeps"),
    (begin_later_alone, "decrees", "one checkpoint begins the chat at two places"),
    (show_what_is_folded, "order", "is folded away, and taken"),
    (begin_without_a_word, "order", "the one before it is empty"),
    (begin_without_a_word, "restarts", "a line was shown, and is gone"),
    (lose_behind_the_checkpoint, "restarts", "a line was shown, and is gone"),
    (lose_behind_the_checkpoint, "order", "a node left out a line"),
]
