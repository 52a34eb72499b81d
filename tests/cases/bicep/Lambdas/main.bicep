param people array
param ages object
var names = map(people, p => p.name)
var numbered = map(people, (p, i) => '${i}${p.name}')
var filtered = filter(people, p => p.age > 3)
var sorted = sort(people, (a, b) => a.age < b.age)
var total = reduce(people, 0, (sum, p) => sum + p.age)
var byName = toObject(people, p => p.name, p => { age: p.age })
var nested = map(people, p => map(p.friends, f => '${f}-${p.name}'))
output o object = union(byName, mapValues(ages, v => v + 1))
output a array = concat(names, numbered, filtered, sorted, nested, [total])
