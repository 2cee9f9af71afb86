"""Expired leases: claims by a process that has watched the others for long enough."""

from db.records import Job
from db.repositories.claims import Claims


async def claim_expired(
    claims: Claims, *, now: float, lease_until: float, limit: int
) -> tuple[Job, ...]:
    """Claim what is free and what no process has renewed, where all clocks show the same."""
    leases = await claims.leases_of_others()
    expired = [lease for lease in leases if lease.until < now]
    return await claims.claim(expired=expired, lease_until=lease_until, limit=limit)
