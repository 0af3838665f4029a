--
-- PostgreSQL database dump
--

-- Dumped from database version 17.11
-- Dumped by pg_dump version 17.11

SET client_encoding = 'UTF8';

CREATE TABLE public.products (
    id integer NOT NULL,
    name text
);

COPY public.products (id, name) FROM stdin;
1	product c4ca4238a0b9
2	product c81e728d9d4c
3	product eccbc87e4b5c
4	product a87ff679a2f3
5	product e4da3b7fbbce
6	product 1679091c5a88
7	product 8f14e45fceea
8	product c9f0f895fb98
9	product 45c48cce2e2d
10	product d3d9446802a4
11	product 6512bd43d9ca
12	product c20ad4d76fe9
13	product c51ce410c124
14	product aab3238922bc
15	product 9bf31c7ff062
16	product c74d97b01eae
17	product 70efdf2ec9b0
18	product 6f4922f45568
19	product 1f0e3dad9990
20	product 98f137082101
21	product 3c59dc048e88
22	product b6d767d2f8ed
23	product 37693cfc7480
24	product 1ff1de774005
25	product 8e296a067a37
26	product 4e732ced3463
27	product 02e74f10e032
28	product 33e75ff09dd6
29	product 6ea9ab1baa0e
30	product 34173cb38f07
31	product c16a5320fa47
32	product 6364d3f0f495
33	product 182be0c5cdcd
34	product e369853df766
35	product 1c383cd30b7c
36	product 19ca14e7ea63
37	product a5bfc9e07964
38	product a5771bce93e2
39	product d67d8ab4f4c1
40	product d645920e395f
41	product 3416a75f4cea
42	product a1d0c6e83f02
43	product 17e62166fc85
44	product f7177163c833
45	product 6c8349cc7260
46	product d9d4f495e875
47	product 67c6a1e7ce56
48	product 642e92efb794
49	product f457c545a9de
50	product c0c7c76d30bd
51	product 2838023a778d
52	product 9a1158154dfa
53	product d82c8d1619ad
54	product a684eceee76f
55	product b53b3a3d6ab9
56	product 9f61408e3afb
57	product 72b32a1f754b
58	product 66f041e16a60
59	product 093f65e080a2
60	product 072b030ba126
61	product 7f39f8317fbd
62	product 44f683a84163
63	product 03afdbd66e79
64	product ea5d2f1c4608
65	product fc490ca45c00
66	product 3295c76acbf4
67	product 735b90b45681
68	product a3f390d88e4c
69	product 14bfa6bb1487
70	product 7cbbc409ec99
71	product e2c420d928d4
72	product 32bb90e8976a
73	product d2ddea18f006
74	product ad61ab143223
75	product d09bf41544a3
76	product fbd7939d6749
77	product 28dd2c7955ce
78	product 35f4a8d465e6
79	product d1fe173d08e9
80	product f033ab37c302
81	product 43ec517d68b6
82	product 9778d5d219c5
83	product fe9fc289c3ff
84	product 68d30a959472
85	product 3ef815416f77
86	product 93db85ed909c
87	product c7e1249ffc03
88	product 2a38a4a9316c
89	product 7647966b7343
90	product 8613985ec49e
91	product 54229abfcfa5
92	product 92cc227532d1
93	product 98dce83da57b
94	product f4b9ec30ad9f
95	product 812b4ba287f5
96	product 26657d5ff902
97	product e2ef524fbf3d
98	product ed3d2c21991e
99	product ac627ab1ccbd
100	product f899139df5e1
101	product 38b3eff8baf5
102	product ec8956637a99
103	product 6974ce5ac660
104	product c9e1074f5b3f
105	product 65b9eea6e1cc
106	product f0935e4cd592
107	product a97da629b098
108	product a3c65c297427
109	product 2723d092b638
110	product 5f93f983524d
111	product 698d51a19d8a
112	product 7f6ffaa6bb0b
113	product 73278a4a8696
114	product 5fd0b37cd7db
115	product 2b44928ae11f
116	product c45147dee729
117	product eb160de1de89
118	product 5ef059938ba7
119	product 07e1cd7dca89
120	product da4fb5c6e93e
\.


--
-- PostgreSQL database dump complete
--

