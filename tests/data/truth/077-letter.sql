Hello,

the dump is attached.
