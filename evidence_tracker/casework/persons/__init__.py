"""People who need protection: a meaningless code, a sealed identity, threats and referrals."""
