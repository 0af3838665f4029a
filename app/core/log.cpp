// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log.h"

#include "core/redactor.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <QDir>

using namespace Qt::StringLiterals;

namespace mayday::log {

namespace {

constexpr size_t maxFileBytes = 2u * 1024 * 1024;
constexpr size_t maxFiles = 5;
constexpr auto loggerName = "mayday";

void write(spdlog::level::level_enum level, QStringView area, const QString &text)
{
    std::shared_ptr<spdlog::logger> logger = spdlog::get(loggerName);
    if (!logger) {
        if (level >= spdlog::level::warn)
            std::fprintf(stderr, "mayday: %s: %s\n", qUtf8Printable(area.toString()),
                         qUtf8Printable(redacted(text)));
        return;
    }
    logger->log(level, "{}: {}", area.toUtf8().toStdString(), redacted(text).toStdString());
}

} // namespace

Result<void> open(const QString &folder)
{
    try {
        QDir().mkpath(folder);
        const auto path = QDir(folder).filePath(u"mayday.log"_s).toStdString();
        spdlog::drop(loggerName);
        const auto logger = spdlog::rotating_logger_mt(loggerName, path, maxFileBytes, maxFiles);
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %L %v", spdlog::pattern_time_type::utc);
        logger->flush_on(spdlog::level::info);
    } catch (const spdlog::spdlog_ex &thrown) {
        return failure({.kind = ErrorKind::Denied,
                        .subject = folder,
                        .detail = QString::fromUtf8(thrown.what())});
    }
    return {};
}

void close()
{
    spdlog::drop(loggerName);
}

void info(QStringView area, const QString &text)
{
    write(spdlog::level::info, area, text);
}
void warning(QStringView area, const QString &text)
{
    write(spdlog::level::warn, area, text);
}
void error(QStringView area, const QString &text)
{
    write(spdlog::level::err, area, text);
}

} // namespace mayday::log
