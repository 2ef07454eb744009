"""Chooses the checks, and derives the exit code from their results. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from devflow.common.errors import UserError, did_you_mean
from devflow.common.options import split_commas
from devflow.doctor.facts import CheckResult, HealthCheck, Severity


@dataclass(frozen=True)
class Diagnosis:
    """The results of a run, in the order of the checks. With `strict`, a warning is as bad as an error."""

    results: tuple[CheckResult, ...]
    strict: bool = False

    def count(self, severity: Severity) -> int:
        """The number of findings of this severity."""
        return sum(one.severity is severity for result in self.results for one in result.findings)

    @property
    def fine(self) -> int:
        """The number of checks that were made and found nothing."""
        return sum(not (result.findings or result.not_checked) for result in self.results)

    @property
    def exit_code(self) -> int:
        """1 for an error and, with `strict`, for a warning. A check that was not made is no failure."""
        bad = self.count(Severity.ERROR) + (self.count(Severity.WARNING) if self.strict else 0)
        return 1 if bad else 0


def choose_checks(
    checks: Sequence[HealthCheck], *, only: Iterable[str], skip: Iterable[str], network: bool
) -> tuple[HealthCheck, ...]:
    """The checks to make, in their order. A check of the network is also made if `only` names it. Raises: UserError."""
    named, left_out = split_commas(only), split_commas(skip)
    names = [check.name for check in checks]
    for option, values in (("--only", named), ("--skip", left_out)):
        for name in values:
            if name not in names:
                raise UserError(
                    f"{option}={name}: there is no check '{name}'.{did_you_mean(name, names)}",
                    fix=f"choose from {', '.join(names)}",
                )
    both = sorted(set(named) & set(left_out))
    if both:
        raise UserError(
            f"--only and --skip both name {', '.join(both)}.", fix="leave the name out of one of the two options"
        )
    return tuple(check for check in checks if _is_chosen(check, named, left_out, network=network))


def _is_chosen(check: HealthCheck, only: Collection[str], skip: Collection[str], *, network: bool) -> bool:
    if only:
        return check.name in only
    return check.name not in skip and (network or not check.network)
