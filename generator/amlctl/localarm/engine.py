"""x"""
def resume(world): return None
