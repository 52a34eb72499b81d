var a = missing
var b = other.x()
