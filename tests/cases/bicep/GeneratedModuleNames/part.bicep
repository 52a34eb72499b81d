param number int = 0
output number int = number
