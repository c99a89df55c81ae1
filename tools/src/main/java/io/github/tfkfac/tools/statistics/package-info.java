/** Means with their confidence intervals, medians. Depends on the JDK only. */
@NullMarked
package io.github.tfkfac.tools.statistics;

import org.jspecify.annotations.NullMarked;
