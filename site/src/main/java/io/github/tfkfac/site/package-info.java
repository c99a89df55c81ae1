/**
 * Maker of the documentation's pages: Markdown and Javadoc of this repository as static HTML with a
 * search that needs no server. Knows the sources only, not the libraries.
 */
@NullMarked
package io.github.tfkfac.site;

import org.jspecify.annotations.NullMarked;
