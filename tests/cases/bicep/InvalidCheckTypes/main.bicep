type empty = {
}
type unknown = nothingOfThatName
type sealed2 = {
  @sealed()
  inner: string
}
type cycle = {
  self: cycle
}
type loop = loop
type pingA = pingB
type pingB = pingA
type optionalIsFine = {
  next: optionalIsFine?
}
type mixed = 'a' | 1
type notLiteral = string | 'a'
type animal = {
  kind: 'cat'
  lives: int
} | {
  kind: 'dog'
}
@discriminator('kind')
type pet = {
  kind: 'cat'
} | {
  kind: 'dog'
}
@discriminator('kind')
type notUnique = {
  kind: 'cat'
  a: int
} | {
  kind: 'cat'
  b: int
}
@discriminator('colour')
type noKey = {
  kind: 'cat'
} | {
  kind: 'dog'
}
type fromValue = value
var value = 1
type named = {
  a: string
  a: int
}
type part = named.b
param p pet = {
  kind: 'cow'
}
param q optionalIsFine = {
  next: {
    other: null
  }
}
