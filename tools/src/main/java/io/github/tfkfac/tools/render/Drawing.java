package io.github.tfkfac.tools.render;

/** Drawing that {@link PlotImage} renders. */
public sealed interface Drawing permits Plot, HeatMap, Bars {}
