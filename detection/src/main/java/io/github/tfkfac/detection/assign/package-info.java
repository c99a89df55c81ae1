/**
 * Which object an anchor or a region of interest is trained on, and which of them are trained on at
 * all: in Java for anchors, in the graph for regions. Depends on {@code detection.box} and {@code
 * detection.profile}.
 */
@NullMarked
package io.github.tfkfac.detection.assign;

import org.jspecify.annotations.NullMarked;
