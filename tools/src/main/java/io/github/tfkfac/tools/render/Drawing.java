package io.github.tfkfac.tools.render;

/** What {@link PlotImage} draws. */
public sealed interface Drawing permits Plot, HeatMap, Bars {}
