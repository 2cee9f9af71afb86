"""Expired leases: claims by a process that has watched the others for long enough."""

from collections.abc import Collection

from db.records import Job
from db.repositories.claims import Claims


async def claim_expired(claims: Claims, *, running: Collection[str] = ()) -> tuple[Job, ...]:
    """Claim what is free, and all jobs of other processes but those that are still *running*."""
    others = (await claims.ownership()).others
    taken = await claims.claim([lease for lease in others if lease.owner not in running])
    return await claims.owned_among(taken)
