"""A round trip by a client in Python that openapi-python-client makes of the OpenAPI document.

It takes the URL and a key, and prints what came back. The package `activity_log` is generated beside it.
"""

import json
import sys

from activity_log import AuthenticatedClient
from activity_log.api.activities import (
    activity_stats,
    count_activities,
    find_activities,
    find_activity,
    log_activities,
    log_activity,
)
from activity_log.models import (
    Activity,
    ActivityCount,
    ActivityPage,
    ActivityStats,
    BatchReceipt,
    CountActivitiesMetadata,
    Metadata,
    NewActivity,
    Outcome,
    Problem,
    StatsUnit,
)
from activity_log.types import UNSET, Unset

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2], raise_on_unexpected_status=True)

one = NewActivity(user_id="ada", type_="LOGIN", metadata=Metadata.from_dict({"device": {"os": "ios"}}))
logged = log_activity.sync_detailed(client=client, body=one, prefer="wait=30")
assert isinstance(logged.parsed, Outcome)

read = find_activity.sync(id=logged.parsed.id, client=client)
assert isinstance(read, Activity)

many = [NewActivity(user_id="" if index == 3 else "ada", type_="LOGOUT") for index in range(26)]
batch = log_activities.sync(client=client, body=many)
assert isinstance(batch, BatchReceipt)


def count_of(metadata: CountActivitiesMetadata | Unset = UNSET) -> int:
    answer = count_activities.sync(client=client, user_id=["ada"], metadata=metadata)
    assert isinstance(answer, ActivityCount)
    return answer.count


# What was answered 202 is stored a moment later.
while count_of() != 26:
    pass

ids: set[str] = set()
pages: list[int] = []
cursor: str | Unset | None = UNSET
while cursor is not None:
    page = find_activities.sync(client=client, user_id=["ada"], limit=10, cursor=cursor)
    assert isinstance(page, ActivityPage)
    ids.update(activity.id for activity in page.data)
    pages.append(len(page.data))
    cursor = page.pagination.next_cursor

stats = activity_stats.sync(client=client, by=StatsUnit.TYPE, user_id=["ada"])
assert isinstance(stats, ActivityStats)

one.user_id = ""
refused = log_activity.sync_detailed(client=client, body=one)
assert isinstance(refused.parsed, Problem)


print(
    json.dumps(
        {
            "logged": [logged.status_code, logged.parsed.status],
            "read": [read.user_id, read.type_, read.metadata.to_dict()],
            "batch": [batch.accepted, [[item.index, item.errors[0].path] for item in batch.rejected]],
            "count": count_of(),
            "byMetadata": count_of(CountActivitiesMetadata.from_dict({"metadata.device.os": "ios"})),
            "pages": pages,
            "distinct": len(ids),
            "stats": [[line.key, line.count] for line in stats.data],
            "refused": [refused.status_code, refused.parsed.errors[0].path],
        }
    )
)
