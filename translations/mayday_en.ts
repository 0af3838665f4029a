<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>TileWords</name>
    <message numerus="yes">
        <source>%1 rows in %n watched tables</source>
        <translation>
            <numerusform>%1 rows in one watched table</numerusform>
            <numerusform>%1 rows in %n watched tables</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>certificate %n days</source>
        <translation>
            <numerusform>certificate 1 day</numerusform>
            <numerusform>certificate %n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mayday::ui::DecisionView</name>
    <message numerus="yes">
        <source>%n step(s), first: %1</source>
        <translation>
            <numerusform>one step: %1</numerusform>
            <numerusform>%n steps, first: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mayday::ui::IncidentsPage</name>
    <message numerus="yes">
        <source>%n incident(s) and drill(s) in the record.</source>
        <translation>
            <numerusform>One incident or drill in the record.</numerusform>
            <numerusform>%n incidents and drills in the record.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mayday::ui::NowPage</name>
    <message numerus="yes">
        <source>All %n scenarios</source>
        <translation>
            <numerusform>The one scenario</numerusform>
            <numerusform>All %n scenarios</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>mayday::ui::RunbooksPage</name>
    <message numerus="yes">
        <source>%n scenario(s) are ready to start.</source>
        <translation>
            <numerusform>One scenario is ready to start.</numerusform>
            <numerusform>%n scenarios are ready to start.</numerusform>
        </translation>
    </message>
</context>
</TS>
