var
var a =
var b = [1, 2
param c
resource d 'x'
wrong e
var f = 'open
var g = (1, 2)
var h = 1 +
var i = { a 1 }
