// The types of events that readers of commit 3b5ea24b and of all versions before know. They are a frozen copy, because a deployed reader
// does not change with our sources. These readers check the header `ce_type` before the value.

/** Returns why that reader made a record of this type a dead letter `unreadable`. Returns undefined if it read the value. */
export function typeFaultBy3b5ea24b(type: string | undefined): string | undefined {
  if (type === undefined) return 'it has no ce_type header';
  return type === 'user-activity.logged.v1' ? undefined : 'its ce_type is unknown';
}
