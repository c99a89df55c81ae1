/**
 * Bad input as an exception, the text and exit code of every failure, near-miss suggestions.
 * Depends on the JDK and on the exceptions of the libraries below.
 */
@NullMarked
package io.github.tfkfac.tools.error;

import org.jspecify.annotations.NullMarked;
