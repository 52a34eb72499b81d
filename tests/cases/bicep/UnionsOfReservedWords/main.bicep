// texts that are also names of types inside the compiler
param level 'any' | 'error' | 'info' = 'info'
param other ('never' | 'null' | 'error')?

type entry = {
  level: ('error' | 'null')?
  @minValue(0)
  rank: int
}

param entries entry[] = []

var seen = [
  for item in entries: {
    level: toLower(item.?level ?? 'null')
    rank: item.rank
  }
]

output all object = {
  level: level
  other: other
  seen: seen
}
