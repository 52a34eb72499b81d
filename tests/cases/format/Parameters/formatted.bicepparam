using 'main.bicep'
param name = 'x'
var shared = { a: 1 }
param list = [
  1
]
