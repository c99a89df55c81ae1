/** Matches what can be trained in a graph and how: variables, layers, and the report about both. */
@NullMarked
package io.github.tfkfac.internal.graph;

import org.jspecify.annotations.NullMarked;
