"""The literature itself: Europe PMC and PubMed are searched, and what they give becomes papers of the library.

found       what is asked, what is found                     http     requests, paced and patient
europepmc   one source                                       cache    what was downloaded
pubmed      the other                                        history  when a query was last fetched
connect     a source ready to be asked                       fetch    all of it: query to library
"""
