// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/kit/language.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTranslator>

using namespace Qt::StringLiterals;

namespace mayday::ui {

void installLanguage(QCoreApplication &application)
{
    auto *translator = new QTranslator(&application);
    const QString folder = u":/translations"_s;
    if (translator->load(QLocale(), u"mayday"_s, u"_"_s, folder) ||
        translator->load(u"mayday_en"_s, folder))
        QCoreApplication::installTranslator(translator);
}

} // namespace mayday::ui
