// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/testmain.h"

#include <cstdio>
#include <map>
#include <string>

namespace mayday::tests {

namespace {

std::map<std::string, TestRun> &entries()
{
    static std::map<std::string, TestRun> all;
    return all;
}

} // namespace

TestEntry::TestEntry(const char *file, TestRun run)
{
    const std::string name = QFileInfo(QString::fromLocal8Bit(file)).baseName().toStdString();
    if (!entries().emplace(name, run).second)
        qFatal("two tests are called %s", name.c_str());
}

} // namespace mayday::tests

int main(int argc, char **argv)
{
    auto &entries = mayday::tests::entries();
    const auto chosen = argc > 1 ? entries.find(argv[1]) : entries.end();
    if (chosen != entries.end())
        return chosen->second(argc - 1, argv + 1);
    std::fprintf(stderr, "usage: %s TEST [FUNCTION...]\nThe tests in this program:\n", argv[0]);
    for (const auto &[name, run] : entries)
        std::fprintf(stderr, "  %s\n", name.c_str());
    return 64;
}
