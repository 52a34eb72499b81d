var united = union({ a: 1 }, {
b: 2
})
var mapped = map([1, 2], x => {
value: x
})
var mappedLong = map(range(0, 10), number => number * 100000000 + number * 200000000 + number * 300000000 + number * 4)
var single = contains(
'text'
)
var several = concat(
['a'],

['b']
)
var reduced = reduce([1, 2], 0, (total, next) => total + next)
var onNextLine = map([1], i =>
// why
i + 1)
