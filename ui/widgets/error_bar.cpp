// Shows one line with a way to dismiss it.
#include "error_bar.h"

#include "widget_kind.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

namespace inferlab {

ErrorBar::ErrorBar(QWidget *parent)
    : QFrame(parent)
    , m_text(new QLabel(this))
    , m_action(new QPushButton(this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("errorBar"));
    m_action->setObjectName(QStringLiteral("errorAction"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_close->setText(QStringLiteral("✕"));
    m_close->setToolTip(tr("Dismiss"));
    m_close->setAccessibleName(tr("Dismiss"));
    m_close->setProperty("kind", QStringLiteral("quiet"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(12, 4, 4, 4);
    row->setSpacing(8);
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(m_close, 0, Qt::AlignTop);
    connect(m_close, &QToolButton::clicked, this, &ErrorBar::dismiss);
    connect(m_action, &QPushButton::clicked, this, [this] {
        dismiss();
        emit actionTriggered();
    });
    hide();
}

void ErrorBar::showLine(const QString &line, const QString &action)
{
    display(line, action, QStringLiteral("errorBar"));
}

void ErrorBar::showNotice(const QString &line, const QString &action)
{
    display(line, action, QStringLiteral("noticeBar"));
}

void ErrorBar::display(const QString &line, const QString &action, const QString &kind)
{
    setKind(this, kind);
    m_text->setText(line);
    setAccessibleName(line);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    setVisible(true);
}

void ErrorBar::dismiss()
{
    setVisible(false);
}

QString ErrorBar::line() const
{
    return isHidden() ? QString() : m_text->text();
}

} // namespace inferlab
