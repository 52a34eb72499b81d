@export()
var start = 5
@export()
var list = [for i in range(0, 2): i * start]
@export()
func greet(name string) string => 'Hello ${name}'
