var one = { a: 1, b: [1, 2, 3] }
var broken = { a: 1, b: 2 }
var forced = {
  a: 1
  b: 2
}
var empty = {}
var spread = { ...one }
var spreadAndProperty = { ...one, c: 3 }
var nested = {
  a: {
    b: [
      1
      { c: true }
    ]

    d: 'x'
  }
}
