// SPDX-License-Identifier: GPL-3.0-or-later
#include "journeys/windowdriver.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDateTime>
#include <QDialog>
#include <QDir>
#include <QEventLoop>
#include <QPainter>
#include <QTest>
#include <QTimer>

#include <cstdio>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace mayday::journeys {

WindowDriver::WindowDriver(QWidget &window, QString pictureFolder)
    : m_window(window),
      m_folder(std::move(pictureFolder)),
      m_start(QDateTime::currentMSecsSinceEpoch())
{
    QDir().mkpath(m_folder);
}

void WindowDriver::say(const QString &step) const
{
    const double seconds = double(QDateTime::currentMSecsSinceEpoch() - m_start) / 1000.0;
    std::printf("%6.1f s  %s\n", seconds, qUtf8Printable(step));
    std::fflush(stdout);
}

void WindowDriver::picture(const QString &name)
{
    QCoreApplication::sendPostedEvents();
    QPixmap image = m_window.grab();
    if (QDialog *asked = dialog()) {
        QPainter painter(&image);
        painter.drawPixmap(m_window.mapFromGlobal(asked->mapToGlobal(QPoint())), asked->grab());
    }
    const QString file = u"%1-%2.png"_s.arg(++m_number, 2, 10, QChar(u'0')).arg(name);
    if (!image.save(QDir(m_folder).filePath(file)))
        std::fprintf(stderr, "%s could not be saved\n", qUtf8Printable(file));
}

void WindowDriver::waitFor(const QString &what, const std::function<bool()> &isTrue,
                           int milliseconds)
{
    // QTest's own wait sleeps 10 ms between its looks, and the window would stand still meanwhile.
    QEventLoop loop;
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        if (isTrue())
            loop.quit();
    });
    look.start(10);
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    if (!isTrue())
        loop.exec();
    if (!isTrue())
        fail(u"did not come true in %1 s: %2"_s.arg(milliseconds / 1000).arg(what));
}

void WindowDriver::press(Qt::Key key, Qt::KeyboardModifiers modifiers)
{
    QWidget *target = QApplication::focusWidget();
    QTest::keyClick(target ? target : &m_window, key, modifiers);
    QCoreApplication::sendPostedEvents();
}

void WindowDriver::type(const QString &text)
{
    waitFor(u"the focus is where one can type"_s, [&] {
        const QWidget *focus = QApplication::focusWidget();
        return focus && (!dialog() || dialog()->isAncestorOf(focus));
    });
    QTest::keyClicks(QApplication::focusWidget(), text);
}

QDialog *WindowDriver::dialog() const
{
    for (QDialog *dialog : m_window.findChildren<QDialog *>()) {
        if (dialog->isVisible())
            return dialog;
    }
    return nullptr;
}

QAbstractButton *WindowDriver::button(const QString &beginning) const
{
    const QWidget *where = dialog() ? static_cast<QWidget *>(dialog()) : &m_window;
    for (QAbstractButton *candidate : where->findChildren<QAbstractButton *>()) {
        if (candidate->isVisible() && candidate->isEnabled() &&
            candidate->text().startsWith(beginning))
            return candidate;
    }
    return nullptr;
}

bool WindowDriver::sees(const QString &beginningOfButton) const
{
    return button(beginningOfButton);
}

void WindowDriver::click(const QString &beginning)
{
    waitFor(u"a button \"%1\""_s.arg(beginning), [&] { return button(beginning); });
    QTest::mouseClick(button(beginning), Qt::LeftButton);
}

void WindowDriver::fail(const QString &why)
{
    const QWidget *focus = QApplication::focusWidget();
    say(u"FAILED: %1 (focus: %2 \"%3\")"_s.arg(
        why, focus ? QString::fromLatin1(focus->metaObject()->className()) : u"nothing"_s,
        focus ? focus->accessibleName() : QString()));
    picture(u"failed"_s);
    std::_Exit(1);
}

} // namespace mayday::journeys
