// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QFileInfo>
#include <QTest>

namespace mayday::tests {

/// Runs one test class to its end; as QTest::qExec(), the number of functions that failed.
using TestRun = int (*)(int argumentCount, char **arguments);

/// The tests of one folder are one program, for what they include is most of what they cost to
/// compile: `tests_app_restore tst_resume [function ...]` runs the class of tst_resume.cpp. Each
/// run is a process of its own all the same.
class TestEntry final {
public:
    /// file: the __FILE__ of the test, whose base name is how it is called.
    TestEntry(const char *file, TestRun run);
};

template <typename Test, typename Application>
int runTest(int argumentCount, char **arguments)
{
    const Application application(argumentCount, arguments);
    // Where a program keeps its settings goes by this name, and others run at the same time.
    QCoreApplication::setApplicationName(
        QFileInfo(QString::fromLocal8Bit(arguments[0])).fileName());
    Test test;
    return QTest::qExec(&test, argumentCount, arguments);
}

} // namespace mayday::tests

// In the place of QTEST_GUILESS_MAIN and of QTEST_MAIN. A test that has to be a program of its own,
// because it starts itself once more, writes main() instead (tests/CMakeLists.txt sees it).
#define MAYDAY_TEST_ENTRY_NAME(Number) mayday_test_entry_##Number
#define MAYDAY_TEST_ENTRY(Test, Application, Number)                                               \
    static const mayday::tests::TestEntry MAYDAY_TEST_ENTRY_NAME(Number)(                          \
        __FILE__, &mayday::tests::runTest<Test, Application>)
#define MAYDAY_TEST(Test) MAYDAY_TEST_ENTRY(Test, QCoreApplication, __COUNTER__)
#define MAYDAY_UI_TEST(Test) MAYDAY_TEST_ENTRY(Test, QApplication, __COUNTER__)
