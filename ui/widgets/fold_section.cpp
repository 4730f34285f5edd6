// Folds and unfolds.
#include "fold_section.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace inferlab {

FoldSection::FoldSection(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_heading(new QToolButton(this))
    , m_summary(new QLabel(this))
    , m_body(new QWidget(this))
    , m_bodyLayout(new QVBoxLayout(m_body))
{
    m_heading->setText(title);
    m_heading->setCheckable(true);
    m_heading->setArrowType(Qt::RightArrow);
    m_heading->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_heading->setAutoRaise(true);
    m_heading->setProperty("kind", QStringLiteral("fold"));
    m_summary->setProperty("kind", QStringLiteral("caption"));
    m_summary->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    QSizePolicy keepsItsPlace = m_summary->sizePolicy(); // so that the heading keeps its own
    keepsItsPlace.setRetainSizeWhenHidden(true);
    m_summary->setSizePolicy(keepsItsPlace);
    m_bodyLayout->setContentsMargins(0, 4, 0, 4);
    m_bodyLayout->setSpacing(8);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_heading);
    row->addWidget(m_summary, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(m_body);
    m_body->hide();
    connect(m_heading, &QToolButton::toggled, this, &FoldSection::setOpen);
}

void FoldSection::setSummary(const QString &text)
{
    m_summary->setText(text);
}

void FoldSection::setOpen(bool open)
{
    m_heading->setChecked(open);
    m_heading->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    m_summary->setVisible(!open);
    m_body->setVisible(open);
    emit opened(open);
}

bool FoldSection::isOpen() const
{
    return !m_body->isHidden();
}

} // namespace inferlab
