/**
 * The papers' tables and figures as runs and a report of them: what an experiment is, what it
 * plans, what its runs gave, what is written about them. May depend on {@code compare}, {@code
 * run}, {@code record}, {@code render} and {@code statistics}.
 */
@NullMarked
package io.github.tfkfac.tools.lab.experiment;

import org.jspecify.annotations.NullMarked;
